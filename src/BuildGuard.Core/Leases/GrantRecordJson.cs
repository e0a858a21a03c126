using System.Text.Json;

namespace BuildGuard.Leases;

/// <summary>The grant of a ticket as JSON.</summary>
internal static class GrantRecordJson
{
    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json, GrantRecord grant)
    {
        json.WriteStartObject();
        json.WriteString("acquiredAt"u8, grant.AcquiredAt.UtcDateTime);
        json.WriteString("container"u8, grant.Container);
        json.WriteEndObject();
    }

    /// <summary>Reads it. <c>null</c>: it is no object.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">A value is none.</exception>
    /// <exception cref="InvalidOperationException">A value is of another type.</exception>
    public static GrantRecord? Read(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        DateTimeOffset acquiredAt = default;
        string container = "";
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string? name = json.GetString();
            json.Read();
            switch (name)
            {
                case "acquiredAt": acquiredAt = json.GetDateTimeOffset(); break;
                case "container": container = json.GetString() ?? ""; break;
                default: json.Skip(); break;
            }
        }

        return new GrantRecord(acquiredAt, container);
    }
}
