using System.Diagnostics;
using static BuildGuard.Cli.Tests.InitTests;

namespace BuildGuard.Cli.Tests;

/// <summary>Several at once in one repository: one writes, and the others find it written.</summary>
[TestClass]
public sealed class InitTurnTests
{
    [TestMethod]
    public void Several_at_once_come_to_what_one_alone_does()
    {
        using GitSandbox git = Repository();
        string[] before = Everything(git.Root);
        Process[] all = [.. Enumerable.Range(0, 4).Select(_ => git.Start(git.Root, [.. Helper.Program, "init", "--yes"], []))];
        Result[] results = [.. all.Select(GitSandbox.Finish)];
        foreach (Result result in results)
        {
            Assert.AreEqual(0, result.ExitCode, result.Error);
            Assert.AreEqual("", result.Error.Replace($"buildguard: waiting for another 'buildguard init' in {git.Root}\n", "", StringComparison.Ordinal));
        }

        Assert.AreEqual(1, results.Count(result => result.Output.StartsWith("Done in ", StringComparison.Ordinal)));
        Assert.AreEqual(3, results.Count(result => result.Output.StartsWith("Nothing to do in ", StringComparison.Ordinal)));
        Assert.AreEqual(2, File.ReadAllText(Path.Combine(git.Root, "Directory.Build.props")).Split("Include=\"BuildGuard\"").Length);
        Assert.AreEqual(2, File.ReadAllText(Path.Combine(git.Root, "tests/tests.csproj")).Split("xunit.runner.json").Length);
        Assert.AreEqual(0, git.Guard("init", "--undo", "--yes").ExitCode);
        CollectionAssert.AreEqual(before, Everything(git.Root));
    }

    [TestMethod]
    public void What_somebody_edits_while_it_asks_is_not_written_over()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Work, "Directory.Build.props");
        File.WriteAllText(file, "<Project>\n</Project>\n");
        using var terminal = new ShellTerminal(sandbox);
        terminal.Line("$HELPER init; echo \"code $?\"");
        terminal.Await("Do it? [y/N] ");

        // Meanwhile another one is not kept waiting.
        Assert.AreEqual(0, sandbox.Run("init", "--yes").ExitCode);
        string[] before = Everything(sandbox.Work);
        terminal.Line("y");
        terminal.Await("code 125\r\n");
        StringAssert.Contains(terminal.Said.ReplaceLineEndings(" "), "Directory.Build.props was changed by somebody else meanwhile; nothing was written. Remedy: run it again");
        CollectionAssert.AreEqual(before, Everything(sandbox.Work));
    }
}
