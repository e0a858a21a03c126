namespace BuildGuard.Cli.CommandLine;

/// <summary>What the exit codes of each verb mean: the part of its help that scripts are written by.</summary>
internal static class ExitCodeHelp
{
    private const int Column = 11;

    /// <summary>The lines, the heading left out; empty for what has no codes of its own.</summary>
    public static IEnumerable<string> Of(string verb) =>
        (MeaningsOf(verb) is { Length: > 0 } own ? [.. own, (Text(ExitCodes.GuardFailed), "the guard itself failed, or the line is wrong; standard error says why"), .. AfterFailure(verb)] : Array.Empty<(string, string)>())
        .Select(meaning => "  " + meaning.Item1.PadRight(Column) + meaning.Item2);

    private static (string Code, string Meaning)[] MeaningsOf(string verb) => verb switch
    {
        "run" =>
        [
            ("N", "that of the command"),
            (Text(ExitCodes.NotFit), "the pre-flight check refused; nothing was run"),
            (Text(ExitCodes.TimedOut), "the run time passed (--timeout)"),
        ],
        "check" => [("0", "the machine is fit"), (Text(ExitCodes.NotFit), "it is not")],
        "doctor" => [("0", "nothing was found"), (Text(ExitCodes.Findings), "there are findings")],
        "stop" => [("0", "it is proven that nothing of it is left"), (Text(ExitCodes.Findings), "something is left, or it is not proven; or the answer was no")],
        "init" => [("0", "done, or nothing to do"), (Text(ExitCodes.Findings), "something was left as it is; or the answer was no")],
        "hooks" or "schedule" => [("0", "done, or shown"), (Text(ExitCodes.Findings), "something that was edited was left as it is")],
        "status" or "queue" or "top" or "monitor" or "log" or "report" or "env" => [("0", "shown, or written")],
        "reap" => [("0", "nothing is left to end, or it was a dry run")],
        "completion" => [("0", "written")],
        _ => [],
    };

    private static (string Code, string Meaning)[] AfterFailure(string verb) => verb switch
    {
        "run" =>
        [
            (Text(ExitCodes.CannotStart), "the command is there and cannot be started"),
            (Text(ExitCodes.NotFound), "the command is not there"),
            (Text(ExitCodes.LimitReached), "a limit ended it: memory, processes, or a stall that kills"),
            ("128 + N", "signal N ended it"),
        ],
        "status" or "queue" or "monitor" or "log" or "report" or "env" or "completion" => [(Text(ExitCodes.ReaderGone), "whoever read the output has gone, as in '| head -1'")],
        _ => [],
    };

    private static string Text(int code) => code.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
