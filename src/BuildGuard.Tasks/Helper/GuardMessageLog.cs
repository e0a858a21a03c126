using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>Says the guard's messages in the build's log.</summary>
internal static class GuardMessageLog
{
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
                // Loggers show no code of a message, so the text says it.
                log.LogMessage(
                    null, message.Code, null, null, 0, 0, 0, 0, MessageImportance.High, "{0}", $"BuildGuard: {message.Code}: {message.Text}");
                break;
        }
    }
}
