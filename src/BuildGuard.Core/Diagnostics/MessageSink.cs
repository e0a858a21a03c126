using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BuildGuard.Diagnostics;

/// <summary>Ways to say a message.</summary>
public static class MessageSink
{
    /// <summary>Says nothing.</summary>
    public static IMessageSink Silent { get; } = new SilentSink();

    /// <summary>Lines for people, as <see cref="GuardMessage.ToString"/> writes them.</summary>
    public static IMessageSink Text(ILineWriter writer) => new LineSink(writer, asJson: false);

    /// <summary>JSON Lines for the tasks: <c>{"event":"message","level":…,"code":…,"text":…,"helpLink":…}</c>.</summary>
    public static IMessageSink JsonLines(ILineWriter writer) => new LineSink(writer, asJson: true);

    /// <summary>Leaves the messages of ordinary life out.</summary>
    public static IMessageSink Quiet(IMessageSink inner) => new QuietSink(inner);

    /// <summary>One message as a line of JSON, newline included.</summary>
    public static byte[] ToJsonLine(GuardMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, "message"u8);
            json.WriteString("level"u8, message.Level switch
            {
                MessageLevel.Message => "message"u8,
                MessageLevel.Warning => "warning"u8,
                _ => "error"u8,
            });
            json.WriteString("code"u8, message.Code);
            json.WriteString("text"u8, message.Text);
            json.WriteString("helpLink"u8, message.HelpLink);
            if (message.Place is { } place)
            {
                json.WriteString("file"u8, place.File);
                json.WriteNumber("line"u8, place.Line);
                json.WriteNumber("column"u8, place.Column);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private sealed class LineSink(ILineWriter writer, bool asJson) : IMessageSink
    {
        public void Say(GuardMessage message)
        {
            try
            {
                writer.Write(asJson ? ToJsonLine(message) : Encoding.UTF8.GetBytes(message + "\n"));
            }
            catch (IOException)
            {
                // Nobody listens any more. A guard that stops for that would guard nothing.
            }
        }
    }

    private sealed class QuietSink(IMessageSink inner) : IMessageSink
    {
        public bool IsQuiet => true;

        public void Say(GuardMessage message)
        {
            if (message.Level != MessageLevel.Message)
            {
                inner.Say(message);
            }
        }
    }

    private sealed class SilentSink : IMessageSink
    {
        public bool IsQuiet => true;

        public void Say(GuardMessage message)
        {
        }
    }
}
