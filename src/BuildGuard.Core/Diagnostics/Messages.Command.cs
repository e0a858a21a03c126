namespace BuildGuard.Diagnostics;

public static partial class Messages
{
    /// <summary>BG0006: the command that was to be run is not there, or cannot be started.</summary>
    public static GuardMessage CommandNotStarted(string command, string reason, bool notFound) => Error(
        "BG0006", notFound
            ? $"the command '{OneLine(command)}' was not found (exit code 127): {OneLine(reason).TrimEnd('.')}. Check its name and PATH"
            : $"the command '{OneLine(command)}' cannot be started (exit code 126): {OneLine(reason).TrimEnd('.')}. Check that it is a program and may be executed");

    /// <summary>BG0014: standard output cannot be written, so what was asked for was not shown, or not whole.</summary>
    public static GuardMessage OutputUnwritable(string reason) => Error(
        "BG0014", $"standard output cannot be written: {OneLine(reason).TrimEnd('.')}. What was asked for is not shown, or not whole: free space where it goes, or send it elsewhere");

    /// <summary>BG0013: the report cannot be written; the command's exit code stands.</summary>
    public static GuardMessage ReportUnwritable(string path, string reason) => Warning(
        "BG0013", $"the report '{OneLine(path)}' cannot be written: {OneLine(reason).TrimEnd('.')}. Name a file that can be written with --report");

    /// <summary>BG0013: the same before anything was started, and nothing is.</summary>
    public static GuardMessage ReportRefused(string path, string reason) => Error(
        "BG0013", $"the report '{OneLine(path)}' cannot be written: {OneLine(reason).TrimEnd('.')}. Nothing was started: name a file that can be written with --report, and make its directory before");

    /// <summary>BG0016: the page of <c>buildguard report</c> cannot be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What the operating system said.</param>
    public static GuardMessage PageUnwritable(string path, string reason) => Error(
        "BG0016", $"the page '{OneLine(path)}' cannot be written: {OneLine(reason).TrimEnd('.')}. Name a file that can be written with --output");
}
