using System.Buffers;
using System.Text.Json;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Runs;

/// <summary>What <c>buildguard run</c> tells the task that started it, besides messages.</summary>
internal static class RunEvents
{
    /// <summary>Deletes what nobody will read any more.</summary>
    public static void Forget(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody to tell either.
        }
    }

    /// <summary>
    /// The exit code is the command's, not that of a helper that was killed: the same number says either.
    /// </summary>
    public static void Ended(string file, int exitCode)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, "ended"u8);
            json.WriteNumber("exitCode"u8, exitCode);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        try
        {
            new AppendingWriter(file).Write(buffer.WrittenSpan);
        }
        catch (IOException)
        {
            // As with messages: nobody listens any more.
        }
    }
}
