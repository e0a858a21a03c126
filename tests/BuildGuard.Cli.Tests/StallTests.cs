namespace BuildGuard.Cli.Tests;

/// <summary>A tree that uses no CPU and writes nothing.</summary>
[TestClass]
public sealed class StallTests
{
    [TestMethod]
    public void It_is_said_with_the_processes_and_goes_on()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");

        // Quiet until the stall was said and somebody lets it go on.
        using Helper helper = sandbox.Start([], "run", "--preflight", "off", "--stall", "300ms", "--report", report, "--", "cat");
        helper.AwaitError("BG3004");
        helper.CloseInput();
        Result result = helper.WaitForEnd();

        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "warning BG3004: stalled: no CPU and no output for 300ms. Processes: cat (pid ");
        StringAssert.Contains(File.ReadAllText(report), "\"outcome\": \"exited\"");
    }

    [TestMethod]
    public void It_is_ended_where_that_is_asked_for()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Root, "report.json");
        Result result = sandbox.Run("run", "--preflight", "off", "--stall", "300ms:kill", "--report", report, "--", "sh", "-c", "setsid sleep 1000 & sleep 1000");

        Assert.AreEqual(137, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error BG3004: stalled");
        StringAssert.Contains(File.ReadAllText(report), "\"outcome\": \"stalled\"");
        StringAssert.Contains(sandbox.Run("log", "--json").Output, "\"event\":\"stalled\"");
    }

    [TestMethod]
    public void Who_writes_or_computes_does_not_stall()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            "run", "--preflight", "off", "--stall", "1s:kill", "--", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.2; done");

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("BG3004", result.Error);
    }

    /// <summary>Ctrl+Z stops everybody, for longer than the stall time.</summary>
    [TestMethod]
    public void The_time_in_which_all_were_stopped_does_not_count()
    {
        using var sandbox = new Sandbox();
        using Helper helper = sandbox.Start([], "run", "--preflight", "off", "--stall", "2s:kill", "--", "sh", "-c", "echo $$; exec cat");
        int command = int.Parse(helper.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        OnLinux.Looks.Await(helper.Pid);
        helper.Signal("STOP");
        Helper.Signal(command, "STOP");
        Thread.Sleep(TimeSpan.FromSeconds(3));
        helper.Signal("CONT");
        Helper.Signal(command, "CONT");
        helper.WriteLine("on");
        Assert.AreEqual("on", helper.ReadLine());
        helper.CloseInput();
        Result result = helper.WaitForEnd();

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("BG3004", result.Error);
    }

    [TestMethod]
    public void A_stopped_tree_does_not_stall()
    {
        using var sandbox = new Sandbox();
        using Helper helper = sandbox.Start([], "run", "--preflight", "off", "--stall", "3s:kill", "--", "sh", "-c", "echo $$; exec cat");
        int command = int.Parse(helper.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        Helper.Signal(command, "STOP");
        Thread.Sleep(TimeSpan.FromSeconds(5));
        Helper.Signal(command, "CONT");
        helper.WriteLine("on");
        Assert.AreEqual("on", helper.ReadLine());
        helper.CloseInput();
        Result result = helper.WaitForEnd();

        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.DoesNotContain("BG3004", result.Error);
    }
}
