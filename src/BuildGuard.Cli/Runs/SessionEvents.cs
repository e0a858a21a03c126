using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Runs;

/// <summary>The last word of <c>buildguard session</c> to the task that started it.</summary>
internal static class SessionEvents
{
    public static void Disabled() => Write("disabled", null);

    public static void Refused() => Write("refused", null);

    /// <param name="passedOverLock">The lock that was asked for, where the build stands in another one already.</param>
    public static void Acquired(LeaseId lease, string ownerFile, Rung rung, string? passedOverLock) => Write("acquired", json =>
    {
        json.WriteString("lease"u8, lease.Value);
        json.WriteString("ownerFile"u8, ownerFile);
        json.WriteString("containment"u8, rung.ToName());
        if (passedOverLock is not null)
        {
            json.WriteString("passedOverLock"u8, passedOverLock);
        }
    });

    private static void Write(string name, Action<Utf8JsonWriter>? members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, name);
            members?.Invoke(json);
            json.WriteEndObject();
        }

        StandardStreams.WriteLine(StandardStreams.Out, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
