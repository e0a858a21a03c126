using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Cli.Tests;

/// <summary>Between the polite request to end and the kill.</summary>
[TestClass]
public sealed partial class GraceTests
{
    private const int Terminate = 15;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void Its_limits_go_on_to_hold(string rung)
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        long start = Stopwatch.GetTimestamp();
        Result result = sandbox.Run(
            [("BUILDGUARD_CONTAINMENT", rung), ("BUILDGUARD_GRACE", "100s")],
            "run", "--preflight", "off", "--timeout", "500ms", "--processes", "5", "--report", report, "--",
            "bash", "-c", "trap 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait; wait' TERM; sleep 1000 & wait");

        Assert.AreEqual(124, result.ExitCode, result.Error);
        Assert.IsLessThan(Soon, Stopwatch.GetElapsedTime(start));
        StringAssert.Contains(result.Error, "error BG3003: ");
        StringAssert.Contains(result.Error, "error BG3002: process limit of 5 exceeded");
        StringAssert.Contains(File.ReadAllText(report), "\"outcome\": \"timeout\"");
    }

    /// <summary>timeout(1) signals its child and then its own group.</summary>
    [TestMethod]
    public void The_same_signal_twice_at_once_is_one_request()
    {
        using var sandbox = new Sandbox();

        // On a busy machine the second may come so late that it counts as a second request: then once more.
        Result result;
        TimeSpan between;
        do
        {
            using Helper helper = sandbox.Start(
                [], "run", "--preflight", "off", "--", "bash", "-c", "trap 'echo heard; sleep 0.5; echo cleaned; exit 9' TERM; echo ready; sleep 1000 & wait");
            Assert.AreEqual("ready", helper.ReadLine());
            long start = Stopwatch.GetTimestamp();
            Assert.AreEqual(0, Kill(helper.Pid, Terminate));
            Assert.AreEqual("heard", helper.ReadLine());
            Assert.AreEqual(0, Kill(helper.Pid, Terminate));
            between = Stopwatch.GetElapsedTime(start);
            result = helper.WaitForEnd();
        }
        while (between > TimeSpan.FromMilliseconds(150));

        Assert.AreEqual(9, result.ExitCode, result.Error);
        StringAssert.Contains(result.Output, "cleaned");
    }

    [TestMethod]
    public void A_second_request_ends_it_at_once()
    {
        using var sandbox = new Sandbox();
        long start = Stopwatch.GetTimestamp();
        using Helper helper = sandbox.Start(
            [("BUILDGUARD_GRACE", "100s")], "run", "--preflight", "off", "--", "sh", "-c", "trap 'echo heard' TERM; echo ready; while :; do sleep 0.1; done");
        Assert.AreEqual("ready", helper.ReadLine());
        helper.Terminate();
        Assert.AreEqual("heard", helper.ReadLine());
        Thread.Sleep(250);
        helper.Terminate();
        Assert.AreEqual(137, helper.WaitForEnd().ExitCode);
        Assert.IsLessThan(Soon, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>kill(2), without the time that a program of its own takes.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
