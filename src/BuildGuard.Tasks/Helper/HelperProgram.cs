namespace BuildGuard.Tasks.Helper;

/// <summary>The helper as something to start: a native program, or <c>dotnet</c> with a managed one.</summary>
/// <param name="FileName">The file to start.</param>
/// <param name="ManagedFile">The managed program that <paramref name="FileName"/> runs; null for a native one.</param>
internal sealed record HelperProgram(string FileName, string? ManagedFile)
{
    /// <summary>The file that is the helper, by which people know it.</summary>
    public string Path => ManagedFile ?? FileName;

    /// <summary>The arguments before the helper's own.</summary>
    public IEnumerable<string> LeadingArguments => ManagedFile is null ? [] : ["exec", ManagedFile];

    /// <summary>That the helper is not there; null when it is.</summary>
    public GuardMessage? Missing() => File.Exists(Path)
        ? null
        : CannotStart(Path, "it does not exist");

    /// <summary>The error of a helper that cannot be started, with its remedy.</summary>
    public static GuardMessage CannotStart(string path, string reason) => GuardMessage.Error(
        "BG0001",
        $"the helper '{path}' cannot be started: {reason}. Nothing was run unguarded. Restore the package again, correct BuildGuardHelperPath if you set it, or set BuildGuardEnabled=false to build without the guard");
}
