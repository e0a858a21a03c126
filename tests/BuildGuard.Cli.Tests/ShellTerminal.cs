using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Tests;

/// <summary>An interactive bash on a terminal of its own, which script(1) makes; <c>$HELPER</c> is the program.</summary>
internal sealed class ShellTerminal : IDisposable
{
    /// <summary>Ctrl+C.</summary>
    public const string Interrupt = "\u0003";

    /// <summary>Ctrl+D.</summary>
    public const string EndOfInput = "\u0004";

    /// <summary>Ctrl+Z.</summary>
    public const string Suspend = "\u001a";

    private const string Prompt = "next> ";

    private readonly Process _script;
    private readonly StringBuilder _said = new();
    private readonly Task _listening;

    public ShellTerminal(Sandbox sandbox)
    {
        var start = new ProcessStartInfo("script", ["-qfc", $"env 'PS1={Prompt}' bash --norc --noprofile -i", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = sandbox.Work,
        };
        Helper.PutInto(sandbox, start);
        start.Environment["BUILDGUARD_PREFLIGHT"] = "off";
        start.Environment["HELPER"] = string.Join(' ', Helper.Program);
        start.Environment["TERM"] = "dumb";
        try
        {
            _script = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Inconclusive($"script(1) makes the terminal: {e.Message}");
            throw;
        }

        _listening = Listen();
        AwaitPrompt();
    }

    /// <summary>All that came so far, the echo of what was typed included: write a word that is awaited with quotes in it.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public void Type(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    public void Line(string text) => Type(text + "\r");

    public void Await(string text) => Helper.Await(() => Said, said => said.Contains(text, StringComparison.Ordinal));

    /// <summary>Until the shell has the terminal again: what is typed before may be thrown away with a signal.</summary>
    public void AwaitPrompt() => Helper.Await(() => Said, said => said.EndsWith(Prompt, StringComparison.Ordinal));

    /// <summary>Types the same line again and again until something comes of it.</summary>
    public void LineUntil(string text, string awaited) => Helper.Await(
        () =>
        {
            Line(text);
            return Said;
        },
        said => said.Contains(awaited, StringComparison.Ordinal));

    public void Dispose()
    {
        if (!_script.HasExited)
        {
            _script.Kill();
        }

        _script.WaitForExit();
        _listening.Wait();
        _script.Dispose();
    }

    private async Task Listen()
    {
        var part = new char[4096];
        while (await _script.StandardOutput.ReadAsync(part) is var length and > 0)
        {
            lock (_said)
            {
                _said.Append(part, 0, length);
            }
        }
    }
}
