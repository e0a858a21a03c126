namespace BuildGuard.Cli.Tests;

/// <summary>A directory of a test's own: its state directory, its working directory. Gone afterwards.</summary>
internal sealed class Sandbox : IDisposable
{
    public Sandbox()
    {
        Root = Directory.CreateTempSubdirectory("buildguard-cli-").FullName;
        State = Path.Combine(Root, "state");
        Work = Directory.CreateDirectory(Path.Combine(Root, "work")).FullName;
    }

    public string Root { get; }

    public string State { get; }

    public string Work { get; }

    public string AuditFile => Path.Combine(State, "audit", "audit.jsonl");

    /// <summary>Runs the program to its end.</summary>
    public Result Run(params string[] arguments) => Run([], arguments);

    /// <summary>Runs the program to its end, with variables set.</summary>
    public Result Run((string Name, string Value)[] variables, params string[] arguments)
    {
        using Helper helper = Start(variables, arguments);
        helper.CloseInput();
        return helper.WaitForEnd();
    }

    /// <summary>Starts the program; its standard input stays open.</summary>
    public Helper Start((string Name, string Value)[] variables, params string[] arguments) => new(this, variables, arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
