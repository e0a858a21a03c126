using System.Collections.Concurrent;
using System.Diagnostics;
using BuildGuard.Leases.Taker;
using Microsoft.Win32.SafeHandles;

namespace BuildGuard.Leases.Tests;

/// <summary>A real process that takes a lease; see the taker's own options.</summary>
internal sealed class TakerProcess : IDisposable
{
    private readonly Process _process;
    private readonly SafeFileHandle? _handle;
    private readonly ConcurrentQueue<string> _lines = new();

    private TakerProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _handle = Native.OpenChild(_process);
        _process.OutputDataReceived += (_, e) => Note(e.Data);
        _process.ErrorDataReceived += (_, e) => Note(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The built taker beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "taker.dll");

    public int Pid => _process.Id;

    /// <summary>The lease of its newest ticket.</summary>
    public LeaseId Lease => LeaseId.TryParse(Word("ticket"), out LeaseId lease) ? lease : throw new InvalidOperationException("no ticket");

    public bool HasTurn => Word("turn") is not null;

    public string? Error => Word("error");

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts one.</summary>
    /// <param name="state">Its state directory.</param>
    /// <param name="options">Options beside <c>--state</c>.</param>
    /// <param name="lease">What <c>BUILDGUARD_LEASE</c> is to say.</param>
    /// <param name="under">A program with arguments that runs it.</param>
    public static TakerProcess Start(string state, string options = "", string? lease = null, string under = "")
    {
        string[] words = [.. under.Split(' ', StringSplitOptions.RemoveEmptyEntries), Environment.ProcessPath is { } dotnet
            && Path.GetFileNameWithoutExtension(dotnet) == "dotnet" ? dotnet : "dotnet", Program, "--state", state,
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("BUILDGUARD_LEASE");
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (lease is not null)
        {
            start.Environment["BUILDGUARD_LEASE"] = lease;
        }

        return new TakerProcess(start);
    }

    public TakerProcess AwaitTicket()
    {
        Condition.Await(() => Word("ticket") is not null || Error is not null, () => $"a ticket; it said: {Said}");
        Assert.IsNull(Error);
        return this;
    }

    public TakerProcess AwaitTurn()
    {
        Condition.Await(() => HasTurn || Error is not null, () => $"the turn; it said: {Said}");
        Assert.IsNull(Error);
        return this;
    }

    public string AwaitError()
    {
        Condition.Await(() => Error is not null, () => $"an error; it said: {Said}");
        return Error!;
    }

    public void AwaitWord(string word) => Condition.Await(() => Word(word) is not null, () => $"'{word}'; it said: {Said}");

    /// <summary>Sleeping in flock(2), as the kernel tells.</summary>
    public void AwaitAsleep() => Condition.Await(
        () => File.ReadAllLines("/proc/locks").Any(l => l.Contains("->", StringComparison.Ordinal) && l.Contains($" {Pid} ", StringComparison.Ordinal)),
        () => $"{Pid} to wait for a lock; it said: {Said}");

    public void AwaitStopped() => AwaitState("T");

    public void AwaitState(string state) => Condition.Await(
        () => File.ReadAllText($"/proc/{Pid}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith(state, StringComparison.Ordinal),
        () => $"{Pid} to be in state {state}");

    public void Release()
    {
        _process.StandardInput.WriteLine();
        AwaitExit();
        Assert.AreEqual(0, ExitCode, Said);
    }

    public void Signal(int signal) => Assert.IsTrue(_handle is not null && Native.Signal(_handle, signal), $"{Pid} is not there");

    public void Kill()
    {
        Signal(Native.SIGKILL);
        AwaitExit();
    }

    public void AwaitExit() => Condition.Await(() => HasExited, () => $"the end of {Pid}; it said: {Said}");

    public string Said => string.Join(" | ", _lines);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _handle?.Dispose();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }

    /// <summary>What follows the newest line that starts with a word; since the newest ticket for a turn.</summary>
    private string? Word(string word)
    {
        string? found = null;
        foreach (string line in _lines)
        {
            if (word == "turn" && line.StartsWith("ticket ", StringComparison.Ordinal))
            {
                found = null;
            }
            else if (line == word || line.StartsWith(word + " ", StringComparison.Ordinal))
            {
                found = line[word.Length..].Trim();
            }
        }

        return found;
    }
}
