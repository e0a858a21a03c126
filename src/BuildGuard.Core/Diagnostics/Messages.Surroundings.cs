namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG0019: others may look into the state directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="mode">Its mode.</param>
    public static GuardMessage StateOpenToOthers(string path, UnixFileMode mode) => Warning(
        "BG0019", $"others may look into the state directory {path} (mode {Convert.ToString((int)mode, 8)}); what the guard makes in it is closed to them. Remedy: chmod 700 {ShellWord.Quote(path)}");

    /// <summary>BG0020: the git hooks cannot be changed.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>install git</c>.</param>
    public static GuardMessage HooksUnusable(string problem, string remedy) => Error(
        "BG0020", $"the git hooks were left alone: {WithRemedy(problem, remedy)}");

    /// <summary>BG0020: the git hooks cannot be looked at.</summary>
    /// <inheritdoc cref="HooksUnusable"/>
    public static GuardMessage HooksUnreadable(string problem, string remedy) => Error(
        "BG0020", $"the git hooks cannot be looked at: {WithRemedy(problem, remedy)}");

    /// <summary>BG0021: the schedule cannot be changed.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>install cron</c>.</param>
    public static GuardMessage ScheduleFailed(string problem, string remedy) => Error(
        "BG0021", $"the schedule was not changed, or not whole: {WithRemedy(problem, remedy)}");

    /// <summary>BG0021: the schedule cannot be looked at.</summary>
    /// <inheritdoc cref="ScheduleFailed"/>
    public static GuardMessage ScheduleUnreadable(string problem, string remedy) => Error(
        "BG0021", $"the schedule cannot be looked at: {WithRemedy(problem, remedy)}");

    /// <summary>BG0022: the guard cannot be put into the repository, or not be taken back.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>make it writable</c>.</param>
    public static GuardMessage InitFailed(string problem, string remedy) => Error(
        "BG0022", $"the repository was not changed, or not whole: {WithRemedy(problem, remedy)}");

    /// <summary>BG0018: a file that may name a version of BuildGuard cannot be understood.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reason">Why not.</param>
    public static GuardMessage UntoldVersion(string file, string reason) => Warning(
        "BG0018", $"{OneLine(file, 200)} cannot be understood, so it is not known which version of BuildGuard it names: {WithRemedy(OneLine(reason), "correct it; to 'dotnet' it is as if it were not there, or an error")}");

    /// <summary>BG0018: another version of BuildGuard than this program is in use around it.</summary>
    /// <param name="user">What uses it, with its verb, as in <c>a.csproj references</c>.</param>
    /// <param name="version">The other version.</param>
    /// <param name="isOlder">Whether that is the older one.</param>
    /// <param name="own">The version of this program.</param>
    /// <param name="remedy">An imperative, as in <c>'buildguard init' raises it</c>.</param>
    public static GuardMessage OtherVersion(string user, string version, bool isOlder, string own, string remedy) => Warning(
        "BG0018", $"{OneLine(user, 200)} BuildGuard {OneLine(version)}, which is {(isOlder ? "older" : "newer")} than this program ({own}): each guards as its own version does. Remedy: {remedy}");

    /// <summary>A problem as a sentence, of whoever told it, and what helps.</summary>
    private static string WithRemedy(string problem, string remedy) => $"{OneLine(problem.TrimEnd('.'), 400)}. Remedy: {remedy}";
}
