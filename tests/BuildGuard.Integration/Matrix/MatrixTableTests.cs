using System.Reflection;

namespace BuildGuard.Integration.Matrix;

/// <summary>The table says what the tests show, and all of it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MatrixTableTests
{
    private static readonly string[] s_states = ["guarded", "bypasses", "refused"];

    [TestMethod]
    public void EveryRowHasAStateAndTestsThatExist()
    {
        var rows = MatrixTable.Read();

        Assert.IsNotEmpty(rows);
        foreach (var row in rows)
        {
            CollectionAssert.Contains(s_states, row.State, row.Command);
            Assert.IsNotEmpty(row.Tests, row.Command);
            foreach (var test in row.Tests)
            {
                Assert.IsNotNull(Find(test), $"There is no test '{test}', which is to show '{row.Command}'.");
            }
        }
    }

    /// <summary>Where a test takes commands, the row's is one of them.</summary>
    [TestMethod]
    public void EveryCommandOfTheTableIsRun()
    {
        foreach (var row in MatrixTable.Read())
        {
            foreach (var commands in row.Tests.Select(test => Commands(Find(test)!)).Where(commands => commands.Count > 0))
            {
                Assert.IsTrue(commands.Contains(Typed(row)), $"'{row.Command}' is not among the commands of {string.Join(", ", row.Tests)}.");
            }
        }
    }

    [TestMethod]
    public void EveryCommandThatIsRunIsInTheTable()
    {
        var typed = MatrixTable.Read().Select(Typed).ToList();
        foreach (var command in typeof(CommandTests).GetMethods().SelectMany(Commands))
        {
            CollectionAssert.Contains(typed, command);
        }
    }

    private static string Typed(MatrixTable.Row row) => row.Command.Split('`') is [_, var command, ..] ? command : row.Command;

    private static MethodInfo? Find(string test) => test.Split('.') is [var type, var method]
        ? typeof(MatrixTableTests).Assembly.GetTypes().Where(one => one.Name == type)
            .Select(one => one.GetMethod(method)).FirstOrDefault(one => one?.GetCustomAttribute<TestMethodAttribute>() is not null)
        : null;

    /// <summary>The commands that a test is given, as they are typed.</summary>
    private static List<string> Commands(MethodInfo test) => [.. test.GetCustomAttributes<DataRowAttribute>()
        .Select(row => row.Data is [string command, ..] && command.Contains("dotnet ", StringComparison.Ordinal) ? command : null)
        .OfType<string>()];
}
