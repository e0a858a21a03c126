using BuildGuard.Tasks.Projects;
using BuildGuard.TestShim;

namespace BuildGuard.Tasks;

[TestClass]
public sealed class GuardedTestsTests
{
    private const string Limit = "RunConfiguration.MaxCpuCount=1";

    [TestMethod]
    [DataRow("a.dll", "-- " + Limit)]
    [DataRow("/parallel/a.dll", "-- " + Limit)]
    [DataRow("/settings/a.dll", "-- " + Limit)]
    [DataRow("a.dll -- X.Y=1", Limit)]
    [DataRow("a.dll -- RunConfiguration.MaxCpuCount=4", "")]
    [DataRow("a.dll --Parallel", "")]
    [DataRow("a.dll --settings:no-such-file", "")]
    public void OneHostUnlessChosen(string arguments, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', GuardedTests.OneHostAtATime(arguments.Split(' '))));

    [TestMethod]
    [DataRow("<MaxCpuCount>0</MaxCpuCount>", "")]
    [DataRow("<Other />", "-- " + Limit)]
    public void ASettingsFileIsAChoice(string content, string expected)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"<RunSettings><RunConfiguration>{content}</RunConfiguration></RunSettings>");
            var arguments = $"a.dll --settings:{file}";
            Assert.AreEqual(expected, string.Join(' ', GuardedTests.OneHostAtATime(arguments.Split(' '))));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void TheHelperRunsTheConsole()
    {
        var project = new GuardedProject { Name = "p", HelperFile = "/h/buildguard" };
        project.Properties.Add("MaxMemory=2G");
        var arguments = GuardedTests.Arguments(project, new TestConsole("/s/vstest.console.dll", "/d/dotnet"), ["a.dll"]);
        Assert.AreEqual(
            "run --with-parent --kind tests --label p: tests --sequential-tail 2 --property MaxMemory=2G -- /d/dotnet exec /s/vstest.console.dll a.dll -- " + Limit,
            string.Join(' ', arguments));
    }
}
