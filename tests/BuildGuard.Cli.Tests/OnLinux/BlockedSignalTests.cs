using System.Diagnostics;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>Whoever starts a run may have blocked the signals that ask for its end: they reach it all the same, and the command finds them blocked.</summary>
[TestClass]
public sealed class BlockedSignalTests
{
    // 1 << (signal - 1)
    private const ulong Terminate = 0x4000;

    [TestMethod]
    [DataRow("TERM", 143)]
    [DataRow("INT", 130)]
    [DataRow("HUP", 129)]
    [DataRow("QUIT", 131)]
    public void A_run_that_waits_leaves_the_queue(string signal, int code)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "cat");
        _ = Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        using Process run = Start(sandbox, signal, "run", "--preflight", "off", "--", "touch", "ran");
        _ = Helper.Await(() => sandbox.Run("queue", "--json").Json, q => q.GetProperty("queue").GetArrayLength() == 1);

        Helper.Signal(run.Id, signal);
        Assert.AreEqual(code, ExitCodeOf(run));
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    public void A_command_that_lets_the_signal_through_ends_by_it()
    {
        using var sandbox = new Sandbox();
        using Process run = Start(
            sandbox, "TERM", "run", "--preflight", "off", "--",
            "perl", "-MPOSIX", "-e", "$SIG{TERM} = sub { exit 7 }; $| = 1; print \"ready\\n\"; sigprocmask(SIG_UNBLOCK, POSIX::SigSet->new(SIGTERM)); sleep 1 while 1");
        Assert.AreEqual("ready", run.StandardOutput.ReadLine());

        Helper.Signal(run.Id, "TERM");
        Assert.AreEqual(7, ExitCodeOf(run));
    }

    [TestMethod]
    public void A_command_that_keeps_it_blocked_is_killed_after_the_grace_period()
    {
        using var sandbox = new Sandbox();
        using Process run = Start(
            sandbox, "TERM", "run", "--preflight", "off", "--",
            "perl", "-e", "$| = 1; print \"ready\\n\"; sleep 1 while 1");
        Assert.AreEqual("ready", run.StandardOutput.ReadLine());

        Helper.Signal(run.Id, "TERM");
        Assert.AreEqual(137, ExitCodeOf(run));
    }

    /// <summary>What is prepared while others run as well.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_command_inherits_the_mask(bool waits)
    {
        using var sandbox = new Sandbox();
        using Helper? holder = waits ? sandbox.Start([], "run", "--preflight", "off", "--", "cat") : null;
        if (waits)
        {
            _ = Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        }

        using Process run = Start(sandbox, "TERM", "run", "--preflight", "off", "--", "grep", "SigBlk", "/proc/self/status");
        if (waits)
        {
            _ = Helper.Await(() => sandbox.Run("queue", "--json").Json, q => q.GetProperty("queue").GetArrayLength() == 1);
            holder!.CloseInput();
        }

        string line = run.StandardOutput.ReadToEnd();
        Assert.AreEqual(0, ExitCodeOf(run));
        Assert.AreEqual(Terminate, Convert.ToUInt64(line.Split(':')[1].Trim(), 16), line);
    }

    [TestMethod]
    public void An_end_that_was_asked_for_before_it_began_is_not_forgotten()
    {
        using var sandbox = new Sandbox();
        using Process run = StartAfter("kill TERM => $$;", sandbox, "TERM", "run", "--preflight", "off", "--", "sleep", "1000");
        Assert.AreEqual(143, ExitCodeOf(run));
    }

    private static Process Start(Sandbox sandbox, string signal, params string[] arguments) => StartAfter("", sandbox, signal, arguments);

    /// <summary>Starts the program with a signal blocked.</summary>
    /// <param name="before">What the process does, in Perl, before it becomes the program.</param>
    /// <param name="sandbox">Its directories.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="arguments">The program's arguments.</param>
    private static Process StartAfter(string before, Sandbox sandbox, string signal, params string[] arguments)
    {
        string script = $"sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIG{signal})); {before} exec @ARGV";
        var start = new ProcessStartInfo("perl", ["-MPOSIX", "-e", script, .. Helper.Program, .. arguments])
        {
            WorkingDirectory = sandbox.Work,
            RedirectStandardOutput = true,
        };
        Helper.PutInto(sandbox, start);
        start.Environment["BUILDGUARD_GRACE"] = "1s";
        return Process.Start(start)!;
    }

    private static int ExitCodeOf(Process run)
    {
        if (!run.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            run.Kill();
            Assert.Fail("the program does not end");
        }

        return run.ExitCode;
    }
}
