using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;

namespace BuildGuard.Platform.Linux;

/// <summary>What is written to a lease so that its processes are found again: the rung, and the control groups.</summary>
internal static class ContainerRecord
{
    /// <summary>Writes it.</summary>
    public static string Write(Rung rung, ReadOnlySpan<string> groups)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, JsonEncoder.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("rung"u8, rung.ToName());
            writer.WriteStartArray("groups"u8);
            foreach (string group in groups)
            {
                writer.WriteStringValue(group);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The groups that a record names, whatever is in it; nobody's word for anything yet.</summary>
    public static List<string> Groups(string record)
    {
        List<string> groups = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(record);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("groups"u8, out JsonElement list)
                && list.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement element in list.EnumerateArray())
                {
                    if (element.ValueKind == JsonValueKind.String && element.GetString() is { } group)
                    {
                        groups.Add(group);
                    }
                }
            }
        }
        catch (JsonException)
        {
            // Torn or foreign: the group's name and the cookie find the processes without it.
        }
        catch (InvalidOperationException)
        {
            // A string that is no valid text.
        }

        return groups;
    }
}
