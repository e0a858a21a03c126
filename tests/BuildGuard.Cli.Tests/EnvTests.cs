using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>The variables that make tools do one thing at a time, in each form.</summary>
[TestClass]
public sealed class EnvTests
{
    [TestMethod]
    public void Bash_takes_it_and_what_is_set_stays()
    {
        using var sandbox = new Sandbox();
        string lines = sandbox.Run("env").Output;
        Dictionary<string, string> values = Evaluate(sandbox, lines, ("MAKEFLAGS", "-j7"), ("JOBS", ""));

        foreach ((string name, string value) in Expected(sandbox))
        {
            Assert.AreEqual(name switch { "MAKEFLAGS" => "-j7", "JOBS" => "", _ => value }, values[name], name);
        }
    }

    [TestMethod]
    [DataRow("dotenv")]
    [DataRow("github")]
    public void A_file_has_one_line_for_each_that_is_not_set(string format)
    {
        using var sandbox = new Sandbox();
        string[] lines = [.. sandbox.Run([("MAKEFLAGS", "-j7")], "env", "--format", format).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))];
        string quote = format == "dotenv" ? "\"" : "";
        CollectionAssert.AreEqual(
            Expected(sandbox).Where(v => v.Name != "MAKEFLAGS" && Environment.GetEnvironmentVariable(v.Name) is null).Select(v => $"{v.Name}={quote}{v.Value}{quote}").ToArray(),
            lines);
    }

    [TestMethod]
    public void PowerShell_gets_an_assignment_for_each_that_is_not_set()
    {
        using var sandbox = new Sandbox();
        StringAssert.Contains(sandbox.Run("env", "--format", "pwsh").Output, "if ($null -eq $env:MAKEFLAGS) { $env:MAKEFLAGS = '-j1' }\n");
    }

    [TestMethod]
    public void PowerShell_itself_takes_it_and_what_is_set_stays()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "sequential.ps1"), sandbox.Run("env", "--format", "pwsh").Output + "\n& env -0\n");
        Result said = PowerShell.Run(sandbox, "export MAKEFLAGS=-j7", "sequential.ps1");
        Dictionary<string, string> values = Parse(said.Output);
        foreach ((string name, string value) in Expected(sandbox))
        {
            Assert.AreEqual(name == "MAKEFLAGS" ? "-j7" : Environment.GetEnvironmentVariable(name) ?? value, values[name], name);
        }
    }

    /// <summary>Node is one of those that read such a file.</summary>
    [TestMethod]
    public void A_reader_of_dotenv_files_takes_it()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "sequential.env"), sandbox.Run("env", "--format", "dotenv").Output);
        Result said = OutputTests.Shell(sandbox, "command -v node >/dev/null || exit 96; exec node --env-file=sequential.env -e 'for (const [name, value] of Object.entries(process.env)) process.stdout.write(`${name}=${value}\\0`)'");
        if (said.ExitCode == 96)
        {
            Assert.Inconclusive("node is not installed (Debian: apt-get install nodejs)");
        }

        Assert.AreEqual(0, said.ExitCode, said.Error);
        Dictionary<string, string> values = Parse(said.Output);
        foreach ((string name, string value) in Expected(sandbox))
        {
            Assert.AreEqual(Environment.GetEnvironmentVariable(name) ?? value, values[name], name);
        }
    }

    [TestMethod]
    public void Another_format_is_refused()
    {
        using var sandbox = new Sandbox();
        Result refused = sandbox.Run("env", "--format", "fish");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, "--format 'fish' cannot be understood: expected bash, pwsh, dotenv or github");
    }

    private static (string Name, string Value)[] Expected(Sandbox sandbox) => [.. sandbox.Run("env", "--json").Json.GetProperty("variables").EnumerateArray()
        .Select(v => (v.GetProperty("name").GetString()!, v.GetProperty("value").GetString()!))];

    private static Dictionary<string, string> Evaluate(Sandbox sandbox, string lines, params (string Name, string Value)[] variables)
    {
        string file = Path.Combine(sandbox.Work, "sequential.sh");
        File.WriteAllText(file, lines);
        var start = new ProcessStartInfo("sh", ["-c", ". ./sequential.sh; exec env -0"]) { WorkingDirectory = sandbox.Work, RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process shell = Process.Start(start)!;
        string said = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return Parse(said);
    }

    private static Dictionary<string, string> Parse(string said) =>
        said.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
