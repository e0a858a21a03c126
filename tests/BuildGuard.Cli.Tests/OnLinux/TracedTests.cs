using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// A debugger outside (<c>strace -p</c>, <c>gdb -p</c>) that has not yet collected what it traces: the dead one stays a zombie, which
/// runs no more, and which nobody else may collect.
/// </summary>
[TestClass]
public sealed class TracedTests
{
    // PTRACE_SEIZE, ptrace(2).
    private const int Seize = 0x4206;

    private static int PtraceNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 117 : 101;

    public static IEnumerable<string[]> Rungs => StrayTests.Rungs;

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void An_orphan_that_is_traced_holds_up_nobody(string rung)
    {
        using var sandbox = new Sandbox();
        using Process tracer = new();
        using Helper run = sandbox.Start(
            [("BUILDGUARD_CONTAINMENT", rung)],
            "run", "--preflight", "off", "--", "sh", "-c", "setsid sleep 94 & echo $! > pid.new; mv pid.new pid; until [ -e traced ]; do sleep 0.05; done; exit 3");
        string pid = Path.Combine(sandbox.Work, "pid");
        _ = Helper.Await(() => File.Exists(pid), there => there);
        Trace(tracer, File.ReadAllText(pid).Trim(), sandbox);
        try
        {
            long start = Stopwatch.GetTimestamp();
            Result result = run.WaitForEnd();
            Assert.AreEqual(3, result.ExitCode, result.Error);
            Assert.IsLessThan(TimeSpan.FromSeconds(5), Stopwatch.GetElapsedTime(start));
            StringAssert.Contains(result.Error, "BG4001");
            Assert.IsFalse(tracer.HasExited);
        }
        finally
        {
            tracer.Kill();
            tracer.WaitForExit();
        }
    }

    /// <summary>The command's own end is known when whoever traces it lets go; until then the guard sleeps.</summary>
    [TestMethod]
    public void A_command_that_is_traced_costs_nothing()
    {
        using var sandbox = new Sandbox();
        using Process tracer = new();
        using Helper run = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo $$ > pid.new; mv pid.new pid; read -r _; exit 3");
        string pid = Path.Combine(sandbox.Work, "pid");
        _ = Helper.Await(() => File.Exists(pid), there => there);
        string command = File.ReadAllText(pid).Trim();
        Trace(tracer, command, sandbox);
        try
        {
            // Whoever is traced stops at each signal: it ends without any.
            run.CloseInput();
            _ = Helper.Await(() => File.ReadAllText($"/proc/{command}/stat"), stat => stat.Contains(") Z ", StringComparison.Ordinal));
            using Process helper = Process.GetProcessById(run.Pid);
            TimeSpan before = helper.TotalProcessorTime;
            Thread.Sleep(1000);
            helper.Refresh();
            Assert.IsLessThan(TimeSpan.FromMilliseconds(300), helper.TotalProcessorTime - before);
        }
        finally
        {
            tracer.Kill();
            tracer.WaitForExit();
        }

        Assert.AreEqual(3, run.WaitForEnd().ExitCode);
    }

    private static void Trace(Process tracer, string pid, Sandbox sandbox)
    {
        tracer.StartInfo = new ProcessStartInfo("perl", ["-e", $"syscall({PtraceNumber}, {Seize}, {pid}, 0, 0) == 0 or exit 1; $| = 1; print \"traced\\n\"; sleep 50"])
        {
            RedirectStandardOutput = true,
        };
        tracer.Start();
        bool isTraced = tracer.StandardOutput.ReadLine() == "traced";
        File.WriteAllText(Path.Combine(sandbox.Work, "traced"), "");
        if (!isTraced)
        {
            Assert.Inconclusive("this machine lets nobody trace what is not his child");
        }
    }
}
