using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>Says the guard's messages in the build's log.</summary>
internal static class GuardMessageLog
{
    private const string Waiting = "BG1001";

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
                if (message.Code == Waiting && !log.LogsMessagesOfImportance(MessageImportance.High))
                {
                    // "dotnet run" builds without a word; whoever waits there would take it for hanging.
                    Console.Error.WriteLine(line);
                }

                break;
        }
    }
}
