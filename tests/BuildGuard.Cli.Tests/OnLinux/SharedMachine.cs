using System.Diagnostics;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// A machine of its own for several users, as far as the guard can tell: a mount namespace with another <c>/var/tmp</c>, in which
/// nobody has a home, so that the state of each and what all share lie there. Gone afterwards.
/// </summary>
internal sealed class SharedMachine : IDisposable
{
    public const int Root = 0;
    public const int Somebody = 65534;
    public const int Another = 65533;
    private const string Furnish =
        "mount --make-rprivate / && mount -t tmpfs -o mode=1777 none /var/tmp && echo 'root:x:0:0::/nonexistent:/bin/sh' > /var/tmp/passwd"
        + " && mount --bind /var/tmp/passwd /etc/passwd && install -d -m 1777 /var/tmp/buildguard-machine && echo ready && read end";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);
    private readonly Process _room;
    private readonly List<Process> _started = [];

    public SharedMachine()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can become other users");
        }

        _room = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", Furnish]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (_room.StandardOutput.ReadLine() != "ready")
        {
            _room.Dispose();
            Assert.Inconclusive("a mount namespace cannot be made here");
        }
    }

    /// <summary>The queue of the lock <c>machine</c>, seen from outside.</summary>
    public string Queue => $"/proc/{_room.Id}/root/var/tmp/buildguard-machine";

    /// <summary>An audit trail, seen from outside.</summary>
    public string AuditOf(int user) => $"/proc/{_room.Id}/root/var/tmp/buildguard-{user}/audit/audit.jsonl";

    /// <summary>Runs the program as a user, to its end.</summary>
    public Result Run(int user, params string[] arguments) => End(Start(user, arguments));

    /// <summary>Runs a shell script as a user, in the queue's directory; a failure fails the test.</summary>
    public string Do(int user, string script)
    {
        Result result = End(StartAs(user, ["sh", "-c", $"cd /var/tmp/buildguard-machine && {script}"]));
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result.Output.Trim();
    }

    /// <summary>Starts the program as a user; its standard input stays open.</summary>
    public Process Start(int user, params string[] arguments) => StartAs(user, [.. Helper.Program, .. arguments]);

    /// <summary>Starts another program as a user.</summary>
    public Process StartAs(int user, string[] command)
    {
        var start = new ProcessStartInfo(
            "nsenter", [$"--mount=/proc/{_room.Id}/ns/mnt", "setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("BUILDGUARD_", StringComparison.Ordinal) && key != "BUILDGUARD_TEST_HELPER").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["BUILDGUARD_PREFLIGHT"] = "off";
        start.Environment["BUILDGUARD_CONTAINMENT"] = "bare";
        Process process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    /// <summary>Waits for the end of one that was started.</summary>
    public static Result End(Process process)
    {
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        Assert.IsTrue(process.WaitForExit(s_deadline), "the program does not end");
        return new Result(process.ExitCode, output.WaitAsync(s_deadline).GetAwaiter().GetResult(), error.WaitAsync(s_deadline).GetAwaiter().GetResult());
    }

    /// <summary>Whether a process can still run.</summary>
    public static bool Runs(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _room.StandardInput.Close();
        _room.WaitForExit();
        _room.Dispose();
    }
}
