using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What <c>--report</c> says of a wait that was given up.</summary>
[TestClass]
public sealed class CancelledReportTests
{
    [TestMethod]
    [DataRow("TERM", 143)]
    [DataRow("INT", 130)]
    public void A_signal_while_it_waits_is_reported_as_cancelled_in_place_of_an_earlier_report(string signal, int code)
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--report", report, "--", "true").ExitCode);
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, report);

        waiter.Signal(signal);
        Assert.AreEqual(code, waiter.WaitForEnd().ExitCode);
        AssertCancelled(report, code);
        holder.CloseInput();
    }

    [TestMethod]
    public void The_emergency_stop_of_one_that_waits_is_reported_as_cancelled()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, report);

        Assert.AreEqual(0, sandbox.Run("stop", "--yes").ExitCode);
        AssertCancelled(report, waiter.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void A_signal_while_the_machine_is_not_fit_is_reported_as_cancelled()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        using Helper head = sandbox.Start(
            [], "run", "--preflight", "wait", "--min-free-memory", "1000T", "--max-load", "none", "--report", report, "--", "false");
        Helper.Await(
            () => sandbox.Run("status", "--json").Json.GetProperty("queue"),
            queue => queue.GetArrayLength() == 1 && queue[0].TryGetProperty("waitsFor", out _));

        head.Terminate();
        Assert.AreEqual(143, head.WaitForEnd().ExitCode);
        AssertCancelled(report, 143);
    }

    /// <summary>Whoever reads it must not take the earlier one for this run's, which was killed before it could write any.</summary>
    [TestMethod]
    public void An_earlier_report_is_gone_when_the_run_begins()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--report", report, "--", "true").ExitCode);
        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, report);
        Assert.IsFalse(File.Exists(report));
        waiter.Kill();
        Assert.IsFalse(File.Exists(report));
        holder.CloseInput();
    }

    [TestMethod]
    public void A_pipe_that_nobody_reads_does_not_keep_it_from_ending()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "pipe");
        using (Process make = Process.Start("mkfifo", [report]))
        {
            make.WaitForExit();
            Assert.AreEqual(0, make.ExitCode);
        }

        using Helper holder = Hold(sandbox);
        using Helper waiter = Wait(sandbox, report);
        waiter.Terminate();
        Result result = waiter.WaitForEnd();
        Assert.AreEqual(143, result.ExitCode);
        StringAssert.Contains(result.Error, $"BG0013: the report '{report}' cannot be written: nobody reads it");
        holder.CloseInput();
    }

    private static Helper Hold(Sandbox sandbox)
    {
        Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo started; exec cat");
        Assert.AreEqual("started", holder.ReadLine());
        return holder;
    }

    private static Helper Wait(Sandbox sandbox, string report)
    {
        Helper waiter = sandbox.Start([], "run", "--preflight", "off", "--report", report, "--", "false");
        waiter.AwaitError("BG1001");
        return waiter;
    }

    private static void AssertCancelled(string report, int code)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(report));
        Assert.AreEqual("false", json.RootElement.GetProperty("command").GetString());
        Assert.AreEqual("cancelled", json.RootElement.GetProperty("outcome").GetString());
        Assert.AreEqual(code, json.RootElement.GetProperty("exitCode").GetInt32());
    }
}
