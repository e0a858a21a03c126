using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Tests;

/// <summary>A git repository of a test's own, with a configuration of its own.</summary>
internal sealed class GitSandbox : IDisposable
{
    private readonly Sandbox _sandbox = new();

    /// <param name="name">Its folder, for tests of hostile paths.</param>
    public GitSandbox(string name = "repository")
    {
        Root = Directory.CreateDirectory(Path.Combine(_sandbox.Work, name)).FullName;
        Directory.CreateDirectory(Home);
        File.WriteAllText(GlobalConfiguration, "[user]\n\tname = Somebody\n\temail = somebody@example.org\n[protocol \"file\"]\n\tallow = always\n[init]\n\tdefaultBranch = main\n");
        Git("init", "-q").Succeeds();
    }

    /// <summary>The root of the working tree.</summary>
    public string Root { get; }

    public string Home => Path.Combine(_sandbox.Root, "home");

    public string GlobalConfiguration => Path.Combine(Home, ".gitconfig");

    /// <summary>A folder for other repositories.</summary>
    public string Elsewhere => _sandbox.Work;

    /// <summary>Git's own folder of hooks.</summary>
    public string Hooks => Path.Combine(Root, ".git", "hooks");

    /// <summary>What everything is run with.</summary>
    public (string Name, string Value)[] Variables =>
    [
        ("HOME", Home), ("GIT_CONFIG_GLOBAL", GlobalConfiguration), ("GIT_CONFIG_NOSYSTEM", "1"), ("BUILDGUARD_PREFLIGHT", "off"),
    ];

    /// <summary>The labels of the operations that took a turn, in order.</summary>
    public string[] Turns => File.Exists(_sandbox.AuditFile)
        ? [.. _sandbox.Run("log", "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("\"event\":\"acquired\"", StringComparison.Ordinal))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("label").GetString()!)]
        : [];

    /// <summary>Runs the program in the repository.</summary>
    public Result Guard(params string[] arguments) => GuardIn(Root, arguments);

    /// <summary>Runs the program in another folder.</summary>
    public Result GuardIn(string directory, params string[] arguments) => Run(directory, [.. Helper.Program, .. arguments], []);

    /// <summary>Runs git in the repository.</summary>
    public GitResult Git(params string[] arguments) => GitIn(Root, [], arguments);

    /// <summary>Runs git in another folder, with more variables.</summary>
    public GitResult GitIn(string directory, (string Name, string Value)[] variables, params string[] arguments) =>
        new(Run(directory, ["git", .. arguments], variables));

    /// <summary>Runs a command to its end.</summary>
    public Result Run(string directory, string[] command, (string Name, string Value)[] variables) => Finish(Start(directory, command, variables));

    /// <summary>Starts a command.</summary>
    public Process Start(string directory, string[] command, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Helper.PutInto(_sandbox, start);
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in (IEnumerable<(string, string)>)[.. Variables, .. variables])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a command.</summary>
    public static Result Finish(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Result(process.ExitCode, output, error.GetAwaiter().GetResult());
        }
    }

    /// <summary>Writes a hook that may be executed.</summary>
    public static string WriteProgram(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        return path;
    }

    /// <summary>Makes a commit of a new file.</summary>
    public GitResult Commit(string file = "file", string? directory = null, params (string Name, string Value)[] variables)
    {
        directory ??= Root;
        File.WriteAllText(Path.Combine(directory, file), file);
        GitIn(directory, [], "add", file).Succeeds();
        return GitIn(directory, variables, "commit", "-q", "-m", file);
    }

    /// <summary>All there is in a folder: names, modes, contents, targets of links.</summary>
    public static string[] Photograph(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal).Select(path =>
            new FileInfo(path).LinkTarget is { } target ? $"{path} -> {target}" : $"{path} {File.GetUnixFileMode(path)} {(File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "")}"),
    ];

    public void Dispose() => _sandbox.Dispose();
}

/// <summary>What git came to.</summary>
internal sealed record GitResult(Result Result)
{
    public string Output => Result.Output;

    public string Error => Result.Error;

    public int ExitCode => Result.ExitCode;

    public GitResult Succeeds()
    {
        Assert.AreEqual(0, ExitCode, Error);
        return this;
    }
}
