using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BuildGuard.Diagnostics;

namespace BuildGuard.Leases;

/// <summary>
/// The format of a ticket's file: <c>BG1 </c>, the state's letter, a line feed; then one line of JSON, the record;
/// a second line, the grant, once granted or ahead of it. What does not look exactly like this is not believed.
/// </summary>
/// <remarks>
/// The number after <c>BG</c> is the protocol's. Every protocol there will ever be begins its tickets with it and a space, has
/// the record in the second line, as JSON with the member <c>version</c>, and holds a living ticket's file locked: so whoever
/// does not know it can say whom he met.
/// </remarks>
public static class TicketCodec
{
    /// <summary>Where the state's letter stands, in bytes.</summary>
    public const int StateOffset = 4;

    /// <summary>
    /// A larger file was not written by us, in bytes. Seven texts of 4096 characters, each escaped
    /// to six bytes, are 172 KB.
    /// </summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>How long the part with the state is, in bytes.</summary>
    public const int HeaderLength = 6;

    /// <summary>The number of the protocol that is spoken here, see docs/lease-tree.md.</summary>
    public const int Protocol = 1;

    private const int MaxProtocolDigits = 4;

    private static ReadOnlySpan<byte> Magic => "BG1 "u8;

    private static readonly JsonWriterOptions s_compact = JsonEncoder.Compact with { SkipValidation = true };

    /// <summary>The part with the state.</summary>
    public static byte[] EncodeHeader(TicketState state) => [.. Magic, (byte)state, (byte)'\n'];

    /// <summary>Header and record of a ticket that waits.</summary>
    public static byte[] Encode(LeaseRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Write("BG1 W\n"u8);
        using (var json = new Utf8JsonWriter(buffer, s_compact))
        {
            LeaseRecordJson.Write(json, record);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The line that is appended when the turn comes, or when something is prepared for it.</summary>
    public static byte[] Encode(GrantRecord grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_compact))
        {
            GrantRecordJson.Write(json, grant);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the state from the first <see cref="HeaderLength"/> bytes of a ticket's file. <c>null</c>: it is damaged.</summary>
    public static TicketState? DecodeState(ReadOnlySpan<byte> head) =>
        head.Length >= HeaderLength && head.StartsWith(Magic) && head[HeaderLength - 1] == (byte)'\n'
            ? TicketStates.Read(head[StateOffset])
            : null;

    /// <summary>Reads the number of the protocol from the beginning of a ticket's file. <c>null</c>: it has none.</summary>
    public static int? DecodeProtocol(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> name = "BG"u8;
        int end = file.IndexOf((byte)' ');
        return file.StartsWith(name) && end > name.Length && end <= name.Length + MaxProtocolDigits
            && int.TryParse(file[name.Length..end], NumberStyles.None, CultureInfo.InvariantCulture, out int protocol)
            ? protocol
            : null;
    }

    /// <summary>Reads the version of the program from a ticket's file of any protocol. <c>null</c>: it says none.</summary>
    public static string? DecodeVersion(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> rest = file[(file.IndexOf((byte)'\n') + 1)..];
        int end = rest.IndexOf((byte)'\n');
        try
        {
            var json = new Utf8JsonReader(end < 0 ? rest : rest[..end]);
            while (json.Read())
            {
                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("version"u8))
                {
                    return json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        return null;
    }

    /// <summary>Reads a ticket's file. <c>null</c>: it is damaged, or of a version that is not known here.</summary>
    public static TicketContent? Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxLength || DecodeState(file) is not { } state)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = file[HeaderLength..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        try
        {
            LeaseRecord? record = LeaseRecordJson.Read(rest[..end]);
            if (record is null)
            {
                return null;
            }

            rest = rest[(end + 1)..];
            end = rest.IndexOf((byte)'\n');
            GrantRecord? grant = end < 0 ? null : GrantRecordJson.Read(rest[..end]);
            return new TicketContent(state, record, grant);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
