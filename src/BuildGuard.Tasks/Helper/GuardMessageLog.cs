using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>Says the guard's messages in the build's log.</summary>
internal static class GuardMessageLog
{
    /// <summary>Waiting, and that nothing is guarded, on purpose or because the system is not supported.</summary>
    private static readonly string[] AlwaysSaid = ["BG1001", "BG0002", "BG0007"];

    /// <summary>Logs a message at its level, with code and help link.</summary>
    public static void LogGuard(this TaskLoggingHelper log, GuardMessage message)
    {
        switch (message.Level)
        {
            case "error":
                log.LogError(null, message.Code, null, message.HelpLink, null, 0, 0, 0, 0, "{0}", message.Text);
                break;
            case "warning":
                log.LogWarning(null, message.Code, null, message.HelpLink, null, 0, 0, 0, 0, "{0}", message.Text);
                break;
            default:
                // With a code of its own it would be shown like a diagnostic, place and all; it is none.
                var line = $"BuildGuard: {message.Code}: {message.Text}";
                log.LogMessage(MessageImportance.High, "{0}", line);
                if (AlwaysSaid.Contains(message.Code) && !log.LogsMessagesOfImportance(MessageImportance.High))
                {
                    // "dotnet run" builds without a word; whoever waits there would take it for hanging, or for guarded.
                    Console.Error.WriteLine(line);
                }

                break;
        }
    }
}
