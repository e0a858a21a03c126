using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>Why git tells of no repository.</summary>
/// <param name="Reason">What it says, or why it cannot be asked.</param>
/// <param name="Remedy">An imperative.</param>
/// <param name="IsNone">Whether there simply is none, as far as git can tell.</param>
/// <param name="HasGit">Whether there is a git that could be asked.</param>
internal sealed record GitAbsence(string Reason, string Remedy, bool IsNone, bool HasGit = true)
{
    /// <summary>What git proposes where it does not trust the owner of a repository (usual in containers), whatever its language.</summary>
    private const string Exception = "git config --global --add safe.directory";

    /// <summary>From what git answers.</summary>
    public static GitAbsence Of(Answer answer)
    {
        string? proposed = Array.Find(answer.Error.Split('\n', StringSplitOptions.TrimEntries), line => line.StartsWith(Exception, StringComparison.Ordinal));
        return answer.ExitCode == ExitCodes.NotFound ? new(answer.Complaint, "install git", IsNone: false, HasGit: false)
            : proposed is not null ? new(answer.Complaint, $"if it is to be trusted: {proposed}", IsNone: false)
            : new(answer.Complaint, "go to a git repository, or make one with 'git init'", IsNone: true);
    }
}
