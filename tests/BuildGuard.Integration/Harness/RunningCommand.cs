using System.Diagnostics;
using System.Text;

namespace BuildGuard.Integration.Harness;

/// <summary>A command that a test started. Disposing ends it and its children.</summary>
internal sealed class RunningCommand : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _command;

    private RunningCommand(Process process, string command) => (_process, _command) = (process, command);

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it; both its outputs are kept, in the order they come.</summary>
    public static RunningCommand Start(
        string fileName, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(fileName)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var running = new RunningCommand(process, fileName + " " + string.Join(' ', start.ArgumentList));
        process.OutputDataReceived += running.OnLine;
        process.ErrorDataReceived += running.OnLine;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Waits for its end.</summary>
    public Result Wait()
    {
        if (!_process.WaitForExit(Limit))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"'{_command}' did not end within {Limit.TotalMinutes:0} minutes:{Environment.NewLine}{Output}");
        }

        _process.WaitForExit();
        return new Result(_command, _process.ExitCode, Output);
    }

    /// <summary>Ends the one process with the signal that none can catch.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to end, as Ctrl+C does.</summary>
    public void Interrupt() => Signal("-INT");

    /// <summary>Asks it to end, as <c>timeout</c> and whoever stops a service do.</summary>
    public void Terminate() => Signal("-TERM");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [name, Id.ToString()]);
        kill.WaitForExit();
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line.Data);
            }
        }
    }
}
