using System.Diagnostics;

namespace BuildGuard.Demo;

/// <summary>Somebody who types a command: one process that the demonstration started, and what it said.</summary>
internal sealed class Actor : IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<string> _output = [];

    private Actor(int number, string name, string command, Process process)
    {
        Number = number;
        Name = name;
        Command = command;
        _process = process;
        Completion = CompleteAsync();
    }

    public int Number { get; }

    public string Name { get; }

    public string Command { get; }

    /// <summary>Ends when the command has ended, with its exit code.</summary>
    public Task<int> Completion { get; }

    public bool HasEnded => Completion.IsCompleted;

    /// <summary>How long it took, the waiting included.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    public static Actor Start(int number, string name, string command, ProcessStartInfo start)
    {
        try
        {
            return new Actor(number, name, command, Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DemoException($"{start.FileName}: {e.Message}");
        }
    }

    /// <summary>The lines that contain a text.</summary>
    public IReadOnlyList<string> Lines(string containing = "")
    {
        lock (_output)
        {
            return [.. _output.Where(line => line.Contains(containing, StringComparison.Ordinal))];
        }
    }

    public void WriteLog(string folder) =>
        File.WriteAllLines(Path.Combine(folder, $"{Number}-{Name.Replace(' ', '-')}.log"), [$"$ {Command}", .. Lines()]);

    public void End()
    {
        if (!HasEnded)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<int> CompleteAsync()
    {
        Task drained = Task.WhenAll(CollectAsync(_process.StandardOutput), CollectAsync(_process.StandardError));
        var exited = new TaskCompletionSource();
        _process.Exited += (_, _) => exited.TrySetResult();
        _process.EnableRaisingEvents = true;
        await exited.Task;
        _clock.Stop();
        // A daemon that kept the pipe must not keep the demonstration.
        await Task.WhenAny(drained, Task.Delay(DrainTime));
        return _process.ExitCode;
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output)
            {
                _output.Add(line);
            }
        }
    }
}
