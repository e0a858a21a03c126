using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using BuildGuard.Tasks.Helper;
using BuildGuard.Tasks.Projects;

namespace BuildGuard.Tasks.Sessions;

/// <summary>The helper that holds a session: it holds for as long as its standard input is open.</summary>
internal sealed class SessionHelper : IDisposable
{
    // Ending a large tree takes a moment; a build must still end when the helper does not.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Above are the codes of programs that a signal ended.</summary>
    private const int LargestOwnCode = 128;

    private readonly HelperProgram _program;
    private readonly Process _process;
    private readonly StringBuilder _complaints = new();
    private int _closed;
    private bool _hasEnded;

    private SessionHelper(HelperProgram program, Process process) => (_program, _process) = (program, process);

    /// <summary>What it wrote to its standard error: nothing, unless something is wrong with the program itself.</summary>
    public string Complaints
    {
        get
        {
            lock (_complaints)
            {
                return _complaints.ToString().Trim();
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static SessionHelper Start(HelperProgram program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program.FileName, CommandLine.Join(program.LeadingArguments.Concat(arguments)))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        TestRunVariable.RemoveFrom(start.Environment);

        var process = new Process { StartInfo = start };
        var helper = new SessionHelper(program, process);
        process.ErrorDataReceived += helper.OnComplaint;
        process.Start();
        process.BeginErrorReadLine();
        return helper;
    }

    /// <summary>The next line it says; null at the end.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Tells it to leave the queue or to release. May be called from any thread, any number of times.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    /// <summary>Waits, bounded, for its end. Its exit code; null when it does not end.</summary>
    public int? WaitForExit() => _process.WaitForExit((int)Patience.TotalMilliseconds) ? _process.ExitCode : null;

    /// <summary>Tells it to release, and waits until it has, bounded. What is to be said of that; null for nothing.</summary>
    public GuardMessage? End()
    {
        if (_hasEnded)
        {
            return null;
        }

        Close();
        var code = WaitForExit();
        if (code is null)
        {
            // The operating system frees what it holds.
            _process.Kill();
            _process.WaitForExit();
        }

        _hasEnded = true;
        if (code is null or > LargestOwnCode)
        {
            _program.Reap(environment: null, messagesFile: null);
        }

        return code is null
            ? GuardMessage.Warning("BG1011", $"the helper that held the turn for this build (pid {_process.Id}) did not give it back within {Patience.TotalSeconds:0}s and was killed; the turn is free, and what the build had left is ended. 'buildguard log' shows what that was")
            : null;
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private void OnComplaint(object sender, DataReceivedEventArgs line)
    {
        lock (_complaints)
        {
            _complaints.AppendLine(line.Data);
        }
    }
}
