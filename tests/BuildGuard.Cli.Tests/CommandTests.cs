using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>Commands that cannot be started.</summary>
[TestClass]
public sealed class CommandTests
{
    [TestMethod]
    [DataRow("nonexistent-command", 127)]
    [DataRow("./nonexistent", 127)]
    [DataRow("./plain/below", 127)]
    [DataRow("./plain", 126)]
    [DataRow("./directory", 126)]
    [DataRow("plain", 126)]
    [DataRow("directory", 126)]
    [DataRow("", 127)]
    public void It_is_told_at_once_also_while_another_one_has_the_turn(string command, int code)
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "plain"), "");
        Directory.CreateDirectory(Path.Combine(sandbox.Work, "directory"));
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        string report = Path.Combine(sandbox.Root, "report.json");

        long start = Stopwatch.GetTimestamp();
        Result result = sandbox.Run(
            [("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:{sandbox.Work}")], "run", "--preflight", "off", "--report", report, "--", command);
        Assert.AreEqual(code, result.ExitCode, result.Error);
        Assert.IsLessThan(TimeSpan.FromSeconds(20), Stopwatch.GetElapsedTime(start));
        StringAssert.StartsWith(result.ErrorLine, $"buildguard: error BG0006: the command '{command}' ");
        StringAssert.Contains(result.ErrorLine, $"(exit code {code})");

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(report));
        Assert.AreEqual("refused", json.RootElement.GetProperty("outcome").GetString());
        Assert.AreEqual(code, json.RootElement.GetProperty("exitCode").GetInt32());
        Assert.AreEqual("", json.RootElement.GetProperty("lease").GetString());
        JsonElement record = JsonDocument.Parse(File.ReadAllLines(sandbox.AuditFile)[^1]).RootElement;
        Assert.AreEqual("refused", record.GetProperty("event").GetString());
        Assert.AreEqual("BG0006", record.GetProperty("code").GetString());
        Assert.AreEqual(JsonValueKind.Null, record.GetProperty("lease").ValueKind);
    }

    [TestMethod]
    public void What_vanishes_while_it_waits_is_127_with_a_report_and_the_next_one_runs()
    {
        using var sandbox = new Sandbox();
        string script = Path.Combine(sandbox.Work, "script");
        File.WriteAllText(script, "#!/bin/sh\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string report = Path.Combine(sandbox.Root, "report.json");
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        using Helper waiter = sandbox.Start([], "run", "--quiet", "--preflight", "off", "--report", report, "--", "./script");
        Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("queue").GetArrayLength() == 1);

        File.Delete(script);
        holder.CloseInput();
        Result result = waiter.WaitForEnd();
        Assert.AreEqual(127, result.ExitCode, result.Error);
        StringAssert.Contains(result.ErrorLine, "BG0006");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(report));
        StringAssert.StartsWith(json.RootElement.GetProperty("lease").GetString(), "user/2-");
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
    }

    [TestMethod]
    [DataRow("missing/report.json", "No such file or directory")]
    [DataRow(".", "Is a directory")]
    [DataRow("link", "Is a directory")]
    [DataRow("script/report.json", "Not a directory")]
    [DataRow("/proc/report.json", "No such file or directory")]
    public void A_report_that_cannot_be_written_is_refused_before_anybody_waits(string report, string reason)
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "script"), "");
        File.CreateSymbolicLink(Path.Combine(sandbox.Work, "link"), ".");
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("queue").Output, said => said.Contains("cat (pid ", StringComparison.Ordinal));
        Result result = sandbox.Run("run", "--preflight", "off", "--report", report, "--", "touch", "ran");
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.StartsWith(result.ErrorLine, $"buildguard: error BG0013: the report '{report}' cannot be written: {reason}. Nothing was started: name a file that can be written with --report");
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
        CollectionAssert.AreEquivalent(new[] { "link", "script" }, Directory.GetFileSystemEntries(sandbox.Work).Select(Path.GetFileName).ToArray());
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    /// <summary>A reader never sees half of it, and what stands in it is nobody else's business.</summary>
    [TestMethod]
    public void A_report_is_there_whole_and_private()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Work, "report.json");
        File.WriteAllText(report, "of an earlier run");
        using Helper run = sandbox.Start([], "run", "--preflight", "off", "--report", report, "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", run.ReadLine());
        Assert.IsEmpty(Directory.GetFileSystemEntries(sandbox.Work));
        run.CloseInput();
        run.WaitForEnd();
        CollectionAssert.AreEqual(new[] { report }, Directory.GetFileSystemEntries(sandbox.Work));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(report));
    }

    [TestMethod]
    [DataRow("/dev/full", "No space left on device")]
    public void A_report_that_cannot_be_written_is_a_warning_and_the_commands_code_stands(string report, string reason)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("run", "--preflight", "off", "--report", report, "--", "sh", "-c", "echo ran; exit 3");
        Assert.AreEqual(3, result.ExitCode, result.Error);
        Assert.AreEqual("ran\n", result.Output);
        StringAssert.StartsWith(result.ErrorLine, $"buildguard: warning BG0013: the report '{report}' cannot be written: {reason}");
        StringAssert.Contains(result.ErrorLine, "Name a file that can be written with --report");
    }
}
