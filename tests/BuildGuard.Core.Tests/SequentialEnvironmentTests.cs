using BuildGuard.Operations;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class SequentialEnvironmentTests
{
    [TestMethod]
    public void The_guide_names_each_variable_with_its_value_and_its_reason_and_no_other()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "environment.md"));
        CollectionAssert.AreEqual(
            SequentialEnvironment.Variables.Concat(SequentialEnvironment.OneAtATime).Select(v => $"| `{v.Name}` | `{v.Value}` | {v.Reason} |").ToArray(),
            page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray());
    }
}
