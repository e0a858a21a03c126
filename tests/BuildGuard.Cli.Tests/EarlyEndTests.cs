using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>A run that is asked to end before its command was started never starts it, whatever it is busy with.</summary>
[TestClass]
public sealed class EarlyEndTests
{
    private static readonly string[] Run = ["run", "--preflight", "off", "--"];

    /// <summary>Shorter than what holds the run up, which lasts for as long as the test wants.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    [TestMethod]
    public void While_somebody_is_stopped_with_the_queues_short_lock()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, sandbox.Run([.. Run, "true"]).ExitCode);
        using Process lockHolder = Lock(Path.Combine(sandbox.State, "locks", "user", "mutex"));
        using Helper run = sandbox.Start([], [.. Run, "touch", "ran"]);
        AwaitBlocked(run);

        AssertEndsAtOnce(run);
        Unlock(lockHolder);
        Assert.AreEqual(0, sandbox.Run([.. Run, "true"]).ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    public void While_it_ends_what_a_killed_holder_left()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], [.. Run, "sh", "-c", "echo ready; read go"]);
        Assert.AreEqual("ready", holder.ReadLine());
        string id = sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("id").GetString()!;
        holder.Kill();

        // Somebody inside the dead lease, who cannot be told to end: it is waited for.
        string inside = Directory.CreateDirectory(Path.Combine(sandbox.State, "locks", id + ".d")).FullName;
        string child = Path.Combine(inside, "1-00000001");
        File.WriteAllText(child, "");
        using Process childsHolder = Lock(child);
        using Helper run = sandbox.Start([], [.. Run, "touch", "ran"]);
        run.AwaitError("BG1002");

        AssertEndsAtOnce(run);
        Unlock(childsHolder);
        Assert.AreEqual(0, sandbox.Run([.. Run, "true"]).ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    /// <summary>Nobody listens for signals yet there: its warning does not get through, until somebody reads.</summary>
    [TestMethod]
    public void Between_its_turn_and_the_start()
    {
        using var sandbox = new Sandbox();
        string errors = Path.Combine(sandbox.Work, "errors");
        var start = new ProcessStartInfo("sh",
        [
            "-c", "mkfifo errors; exec 3<>errors; dd if=/dev/zero of=errors bs=4096 oflag=nonblock 2> /dev/null; exec \"$@\" 2>&3", "sh",
            .. Helper.Program, "run", "--preflight", "warn", "--min-free-memory", "1000T", "--", "touch", "ran",
        ])
        {
            WorkingDirectory = sandbox.Work,
        };
        Helper.PutInto(sandbox, start);
        using Process run = Process.Start(start)!;
        _ = Helper.Await(() => File.ReadAllText($"/proc/{run.Id}/wchan"), place => place.Contains("pipe_write", StringComparison.Ordinal));
        Helper.Signal(run.Id, "TERM");
        _ = Helper.Await(() => PendingSignals(run.Id), pending => pending == 0);

        using FileStream reader = File.OpenRead(errors);
        reader.CopyTo(Stream.Null);
        run.WaitForExit();
        Assert.AreEqual(143, run.ExitCode);
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
        Assert.IsEmpty(sandbox.Run("status", "--json").Json.GetProperty("leases").EnumerateArray());
    }

    private static ulong PendingSignals(int pid) => Convert.ToUInt64(
        File.ReadAllLines($"/proc/{pid}/status").Single(line => line.StartsWith("ShdPnd:", StringComparison.Ordinal))[7..].Trim(), 16);

    private static void AssertEndsAtOnce(Helper run)
    {
        long start = Stopwatch.GetTimestamp();
        run.Terminate();
        Assert.AreEqual(143, run.WaitForEnd().ExitCode);
        Assert.IsLessThan(AtOnce, Stopwatch.GetElapsedTime(start));
    }

    private static void AwaitBlocked(Helper run) => Helper.Await(
        () => File.ReadAllLines("/proc/locks"),
        locks => locks.Any(l => l.Contains("->", StringComparison.Ordinal) && l.Contains($" {run.Pid} ", StringComparison.Ordinal)));

    private static Process Lock(string file)
    {
        Process process = Process.Start(new ProcessStartInfo("flock", ["--no-fork", file, "sh", "-c", "echo held; read go"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.AreEqual("held", process.StandardOutput.ReadLine());
        return process;
    }

    private static void Unlock(Process process)
    {
        process.StandardInput.Close();
        process.WaitForExit();
    }
}
