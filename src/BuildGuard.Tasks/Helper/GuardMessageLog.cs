using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>Says the guard's messages in the build's log.</summary>
internal static class GuardMessageLog
{
    /// <summary>Waiting, and that nothing is guarded, on purpose or because the system is not supported.</summary>
    private static readonly string[] AlwaysSaid = ["BG1001", "BG0002", "BG0007"];

    private static readonly string[] ResultSwitches = ["getTargetResult:", "getProperty:", "getItem:"];

    /// <summary>Logs a message at its level, with code and help link.</summary>
    public static void LogGuard(this TaskLoggingHelper log, GuardMessage message)
    {
        switch (message.Level)
        {
            case "error":
                log.LogError(null, message.Code, null, message.HelpLink, message.File, message.Line, message.Column, 0, 0, "{0}", message.Shown);
                break;
            case "warning":
                log.LogWarning(null, message.Code, null, message.HelpLink, null, 0, 0, 0, 0, "{0}", message.Shown);
                break;
            default:
                // With a code and a link of its own it would be shown like a diagnostic, place and all; it is none.
                log.LogOrdinary(message.Code, $"BuildGuard: {message.Code}: {message.Shown}");
                break;
        }
    }

    /// <summary>Logs a line of ordinary life.</summary>
    public static void LogOrdinary(this TaskLoggingHelper log, string code, string line)
    {
        log.LogMessage(MessageImportance.High, "{0}", line);
        if (AlwaysSaid.Contains(code) && (!log.LogsMessagesOfImportance(MessageImportance.High) || IsAskedForResults()))
        {
            // "dotnet run" builds without a word; whoever waits there would take it for hanging, or for guarded.
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>Whether the build's output is what a program reads: MSBuild logs errors alone then, and does not say so.</summary>
    private static bool IsAskedForResults() => Environment.GetCommandLineArgs().Any(argument => ResultSwitches.Any(name =>
        argument.TrimStart('-', '/').StartsWith(name, StringComparison.OrdinalIgnoreCase)));
}
