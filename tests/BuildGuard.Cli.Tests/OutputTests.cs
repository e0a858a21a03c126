using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>Standard output that takes nothing.</summary>
[TestClass]
public sealed class OutputTests
{
    private static IEnumerable<object[]> Lines =>
    [
        ["--help"], ["--version"], ["run --help"], ["status"], ["status --json"], ["status --watch"], ["status --watch --json"], ["queue"], ["queue --json"], ["queue --watch"], ["queue --watch --json"],
        ["check"], ["check --json"], ["doctor"], ["doctor --json"], ["log"], ["log --json"], ["top"], ["monitor"], ["monitor --once --json"], ["report --output -"], ["report --json"],
    ];

    [TestMethod]
    [DynamicData(nameof(Lines))]
    public void A_full_device_is_one_line_and_125(string line)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Result result = Shell(sandbox, $"$HELPER {line} >/dev/full");
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.StartsWith(result.ErrorLine, "buildguard: error BG0014: standard output cannot be written: No space left on device. ");
    }

    [TestMethod]
    [DynamicData(nameof(Lines))]
    public void A_reader_that_has_gone_ends_it_quietly(string line)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");

        // Opened for both directions and closed again: a pipe that certainly has no reader when the program writes.
        Result result = Shell(sandbox, $"mkfifo p; exec 3<>p; exec 4>p; exec 3<&-; $HELPER {line} >&4 4>&-");
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(141, result.ExitCode);
    }

    [TestMethod]
    public void A_closed_stream_is_one_line_and_125()
    {
        using var sandbox = new Sandbox();
        Result result = Shell(sandbox, "$HELPER status >&-");
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.StartsWith(result.ErrorLine, "buildguard: error BG0014: ");
    }

    /// <summary>The number of a closed stream is the first that a state file would get.</summary>
    [TestMethod]
    public void Closed_streams_do_not_let_words_into_state_files()
    {
        using var sandbox = new Sandbox();
        using Helper first = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        Task<Result> second = Task.Run(() => Shell(sandbox, "$HELPER run --preflight off -- sh -c 'test ! -e /proc/self/fd/2' <&- >&- 2>&-"));
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("queue").GetArrayLength() == 1);
        first.CloseInput();
        Assert.AreEqual(0, second.GetAwaiter().GetResult().ExitCode);
        foreach (string file in Directory.EnumerateFiles(sandbox.State, "*", SearchOption.AllDirectories))
        {
            Assert.IsFalse(File.ReadAllText(file).Contains("BG1001", StringComparison.Ordinal), file);
        }
    }

    /// <summary>Runs a line of the shell in which <c>$HELPER</c> is the program.</summary>
    internal static Result Shell(Sandbox sandbox, string script, string? directory = null)
    {
        var start = new ProcessStartInfo("timeout", ["60", "bash", "-c", script])
        {
            WorkingDirectory = directory ?? sandbox.Work,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Helper.PutInto(sandbox, start);
        start.Environment["HELPER"] = string.Join(' ', Helper.Program);
        using Process shell = Process.Start(start)!;
        Task<string> error = shell.StandardError.ReadToEndAsync();
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return new Result(shell.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
