using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What a run of the program came to.</summary>
internal sealed record Result(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The one line on standard error.</summary>
    public string ErrorLine
    {
        get
        {
            string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.HasCount(1, lines, Error);
            return lines[0];
        }
    }
}

/// <summary>
/// One process of the program. <c>BUILDGUARD_TEST_HELPER</c> names another build of it, such as the native one.
/// </summary>
internal sealed class Helper : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task _error;
    private readonly StringBuilder _said = new();
    private Task<string>? _output;

    public Helper(Sandbox sandbox, (string Name, string Value)[] variables, string[] arguments)
    {
        string[] program = Program;
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            WorkingDirectory = sandbox.Work,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        PutInto(sandbox, start);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _error = Listen();
    }

    /// <summary>The program, and what comes before its own arguments.</summary>
    public static string[] Program => Environment.GetEnvironmentVariable("BUILDGUARD_TEST_HELPER") is { } native
        ? [native]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "buildguard.dll")];

    public int Pid => _process.Id;

    /// <summary>Gives a process the sandbox's state; the tests may themselves be run under the guard, and by a build service.</summary>
    public static void PutInto(Sandbox sandbox, ProcessStartInfo start)
    {
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("BUILDGUARD_", StringComparison.Ordinal) || k is "CI" or "GITHUB_ACTIONS" or "TF_BUILD" or "GITLAB_CI").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["BUILDGUARD_STATE_DIR"] = sandbox.State;
    }

    public void CloseInput() => _process.StandardInput.Close();

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public string? ReadLine() => _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline).GetAwaiter().GetResult();

    public Result WaitForEnd()
    {
        _output ??= _process.StandardOutput.ReadToEndAsync();
        Assert.IsTrue(_process.WaitForExit(Deadline), "the program does not end");
        _error.GetAwaiter().GetResult();
        return new Result(_process.ExitCode, _output.GetAwaiter().GetResult(), Said());
    }

    /// <summary>Waits until something stands on its standard error.</summary>
    public void AwaitError(string text) => Await(Said, said => said.Contains(text, StringComparison.Ordinal));

    /// <summary>Asks a question until the answer is yes.</summary>
    public static T Await<T>(Func<T> look, Func<T, bool> isThere)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T value = look();
            if (isThere(value))
            {
                return value;
            }

            Assert.IsLessThan(Deadline, Stopwatch.GetElapsedTime(start), $"still {value}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Ends it as nobody can prepare for.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Asks it politely to end; it cleans up what it started.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends it a signal, as in <c>STOP</c>.</summary>
    public void Signal(string name) => Signal(_process.Id, name);

    /// <summary>Sends a signal to a process that the test started.</summary>
    public static void Signal(int pid, string name) => Assert.IsTrue(TrySignal(pid, name), $"{pid} is not there");

    private static bool TrySignal(int pid, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{pid}"]);
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // One that a failed test left stopped has to go on to clean up. It may be ending by itself just now.
            _ = TrySignal(_process.Id, "CONT") && TrySignal(_process.Id, "TERM");
            if (!_process.WaitForExit(Deadline))
            {
                Kill();
            }
        }

        _process.Dispose();
    }

    private async Task Listen()
    {
        var part = new char[1024];
        while (await _process.StandardError.ReadAsync(part) is var length and > 0)
        {
            lock (_said)
            {
                _said.Append(part, 0, length);
            }
        }
    }

    private string Said()
    {
        lock (_said)
        {
            return _said.ToString();
        }
    }
}
