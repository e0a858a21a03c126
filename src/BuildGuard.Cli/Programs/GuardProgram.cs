using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Programs;

/// <summary>How this very program is started again later, by a hook or a timer.</summary>
/// <param name="Words">The program, and what comes before its own arguments: all of them absolute paths.</param>
internal sealed record GuardProgram(params string[] Words)
{
    /// <summary>The program that runs now: native, or the assembly under the installed runtime.</summary>
    public static GuardProgram Current { get; } = Find();

    /// <summary>As words of a POSIX shell.</summary>
    public string ShellWords => string.Join(' ', Words.Select(ShellWord.Quote));

    /// <summary>The condition, in a POSIX shell, that it is still there.</summary>
    public string ShellTest => string.Join(" && ", Words.Select((word, i) => $"[ -{(i == 0 ? 'x' : 'f')} {ShellWord.Quote(word)} ]"));

    /// <summary>Whether it is still there.</summary>
    public bool IsThere => Words.All(File.Exists);

    private static GuardProgram Find()
    {
        string running = Environment.ProcessPath ?? "buildguard";
        string assembly = Path.Combine(AppContext.BaseDirectory, "buildguard.dll");
        return Path.GetFileNameWithoutExtension(running) == "dotnet" && File.Exists(assembly)
            ? new GuardProgram(running, assembly)
            : new GuardProgram(running);
    }
}
