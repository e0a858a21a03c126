using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>Who runs the taker, and on which rung: the same behaviour is expected of all of them.</summary>
public enum Rung
{
    /// <summary>Root, control groups version 1.</summary>
    RootV1,

    /// <summary>Root, the bare rung forced.</summary>
    RootBare,

    /// <summary>A user without control groups.</summary>
    UserBare,
}

/// <summary>One test's directory, lease and processes; nothing of it is left when it is disposed.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Stage : IDisposable
{
    private const int Nobody = 65534;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly List<Process> _started = [];
    private int _reports;

    public Stage(Rung rung)
    {
        Rung = rung;
        bool root = Environment.UserName == "root";
        if (rung != Rung.UserBare && !root)
        {
            Assert.Inconclusive("needs root");
        }

        if (rung == Rung.RootV1 && !Directory.Exists("/sys/fs/cgroup/pids"))
        {
            Assert.Inconclusive("this machine has no version 1 control groups");
        }

        if (rung == Rung.UserBare && root && !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Inconclusive("root needs setpriv (util-linux) to become an ordinary user");
        }

        _directory = Directory.CreateTempSubdirectory("buildguard-test-").FullName;
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1FF);
        State = Path.Combine(_directory, "state");
        Directory.CreateDirectory(State);
        File.SetUnixFileMode(State, (UnixFileMode)0x1FF);
        Token = "1000." + RandomNumberGenerator.GetInt32(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);
        Lease = "user/1-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    }

    public Rung Rung { get; }

    public string State { get; }

    public string Lease { get; }

    /// <summary>An argument for <c>sleep</c> that no other process has: 1000 seconds and a fraction.</summary>
    public string Token { get; }

    public string File_(string name) => Path.Combine(_directory, name);

    /// <summary>A script file that everybody may execute.</summary>
    public string Script(string name, string text)
    {
        string path = File_(name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        return path;
    }

    /// <summary>The command line of a taker that runs something in a container.</summary>
    public static string[] Run(string state, string lease, string report, string[] options, params string[] command) =>
        [Taker.Path, "run", "--state", state, "--lease", lease, "--report", report, .. options, "--", .. command];

    /// <summary>Runs <c>sh -c</c> in a container; <c>$S</c> is the token.</summary>
    public Outcome Shell(string script, params string[] options) => Command(options, "/bin/sh", "-c", script);

    /// <summary>Runs a command in a container, and waits for the taker.</summary>
    public Outcome Command(string[] options, params string[] command)
    {
        string report = NextReport();
        long start = Stopwatch.GetTimestamp();
        Process taker = Start(Run(State, Lease, report, options, command));

        // Bounded: a process that was not ended may hold the pipes for as long as it sleeps.
        Task<string> output = taker.StandardOutput.ReadToEndAsync();
        Task<string> errors = taker.StandardError.ReadToEndAsync();
        AwaitExit(taker);
        Assert.IsTrue(Task.WaitAll([output, errors], s_patience), "something still holds the command's output");
        return new Outcome(taker.ExitCode, output.Result, errors.Result, Read(report), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>What another taker ends, or would end, of the lease.</summary>
    public JsonElement Leftovers(string verb, string record, string? lease = null)
    {
        string report = NextReport();
        Process taker = Start([Taker.Path, verb, "--state", State, "--lease", lease ?? Lease, "--report", report, "--record", record]);
        string errors = taker.StandardError.ReadToEnd();
        AwaitExit(taker);
        Assert.AreEqual(0, taker.ExitCode, errors);
        return Read(report).GetProperty("ended");
    }

    /// <summary>Starts a program as the stage's user on the stage's rung.</summary>
    public Process Start(params string[] command)
    {
        bool change = Rung == Rung.UserBare && Environment.UserName == "root";
        string[] line = change
            ? ["/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command]
            : command;
        var info = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        info.Environment["BUILDGUARD_CONTAINMENT"] = Rung == Rung.RootV1 ? "cgroupV1" : "bare";
        info.Environment["S"] = Token;
        info.Environment["HOME"] = _directory;
        info.Environment.Remove("BUILDGUARD_LEASE");
        Process process = Process.Start(info)!;
        _started.Add(process);
        return process;
    }

    /// <summary>Processes with the token in their command line that can still run, the stage's own takers left out.</summary>
    public List<int> Alive() => Processes.Alive(Token);

    /// <summary>Waits until something is so.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                Assert.Fail($"waited {s_patience.TotalSeconds:F0} s in vain until {what}");
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>The control groups that bear the lease's name, wherever.</summary>
    public List<string> Groups() => Processes.GroupsNamed("buildguard-", Lease.Replace('/', '.'));

    public string NextReport() => File_($"report{_reports++}.json");

    public static JsonElement Read(string report)
    {
        if (!File.Exists(report))
        {
            return default;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(report));
        return document.RootElement.Clone();
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

        foreach (int pid in Alive())
        {
            Processes.Kill(pid);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static void AwaitExit(Process process)
    {
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            Assert.Fail("the taker did not end");
        }
    }
}

/// <summary>How a taker ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors, JsonElement Report, TimeSpan Took)
{
    public string? Breach => Report.GetProperty("breach").GetString();

    public string? Failure => Report.GetProperty("failure").GetString();

    public bool Empty => Report.GetProperty("empty").GetBoolean();

    public IReadOnlyList<string> Ended =>
        [.. Report.GetProperty("ended").EnumerateArray().Select(row => row.GetProperty("command").GetString()!)];

    public override string ToString() => $"exit {ExitCode}, report {Report}, output {Output}, errors {Errors}";
}
