namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG0020: the git hooks cannot be looked at or changed.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>install git</c>.</param>
    public static GuardMessage HooksUnusable(string problem, string remedy) => Error(
        "BG0020", $"the git hooks were left alone: {OneLine(problem, 400)}. Remedy: {remedy}");

    /// <summary>BG0021: the schedule cannot be looked at or changed.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>install cron</c>.</param>
    public static GuardMessage ScheduleFailed(string problem, string remedy) => Error(
        "BG0021", $"the schedule was not changed, or not whole: {OneLine(problem, 400)}. Remedy: {remedy}");

    /// <summary>BG0022: the guard cannot be put into the repository, or not be taken back.</summary>
    /// <param name="problem">What is in the way.</param>
    /// <param name="remedy">An imperative, as in <c>make it writable</c>.</param>
    public static GuardMessage InitFailed(string problem, string remedy) => Error(
        "BG0022", $"the repository was not changed, or not whole: {OneLine(problem, 400)}. Remedy: {remedy}");
}
