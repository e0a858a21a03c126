using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BuildGuard.Diagnostics;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>
/// The format of a ticket's file: <c>BG1 </c>, the state's letter, a line feed; then one line of JSON, the record;
/// once granted a second line, the grant. What does not look exactly like this is not believed.
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
    /// A larger file was not written by us, in bytes. Five texts of 4096 characters, each escaped
    /// to six bytes, are 120 KB.
    /// </summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>How long the part with the state is, in bytes.</summary>
    public const int HeaderLength = 6;

    /// <summary>The number of the protocol that is spoken here, see docs/lease-tree.md.</summary>
    public const int Protocol = 1;

    private const int MaxTextLength = 4096;
    private const int MaxProtocolDigits = 4;

    private static ReadOnlySpan<byte> Magic => "BG1 "u8;

    private static readonly JsonWriterOptions s_compact = JsonEncoder.Compact with { SkipValidation = true };

    /// <summary>Header and record of a ticket that waits.</summary>
    public static byte[] Encode(LeaseRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Write("BG1 W\n"u8);
        using (var json = new Utf8JsonWriter(buffer, s_compact))
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, record.Kind == LeaseKind.Session ? "session"u8 : "operation"u8);
            Write(json, "holder"u8, record.Holder);
            if (record.Owner is { } owner)
            {
                Write(json, "owner"u8, owner);
            }

            WriteOptional(json, "build"u8, record.Build);
            json.WriteString("label"u8, Shorten(record.Label));
            WriteOptional(json, "command"u8, record.Command);
            WriteOptional(json, "cwd"u8, record.WorkingDirectory);
            if (record.Slots > 1)
            {
                json.WriteNumber("slots"u8, record.Slots);
            }

            json.WriteString("user"u8, Shorten(record.User));
            WriteOptional(json, "version"u8, record.Version);
            json.WriteString("enqueuedAt"u8, record.EnqueuedAt.UtcDateTime);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The line that is appended when the turn comes.</summary>
    public static byte[] Encode(GrantRecord grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_compact))
        {
            json.WriteStartObject();
            json.WriteString("acquiredAt"u8, grant.AcquiredAt.UtcDateTime);
            json.WriteString("container"u8, grant.Container);
            json.WriteEndObject();
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
            LeaseRecord? record = DecodeRecord(rest[..end]);
            if (record is null)
            {
                return null;
            }

            rest = rest[(end + 1)..];
            end = rest.IndexOf((byte)'\n');
            GrantRecord? grant = end < 0 ? null : DecodeGrant(rest[..end]);
            return new TicketContent(state, record, grant);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LeaseRecord? DecodeRecord(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        LeaseKind? kind = null;
        ProcessIdentity? holder = null, owner = null;
        string? build = null, label = null, command = null, cwd = null, user = null, version = null;
        DateTimeOffset enqueuedAt = default;
        int slots = 1;
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
                case "kind":
                    kind = json.GetString() switch
                    {
                        "session" => LeaseKind.Session,
                        "operation" => LeaseKind.Operation,
                        _ => null,
                    };
                    break;
                case "holder": holder = DecodeIdentity(ref json); break;
                case "owner": owner = DecodeIdentity(ref json); break;
                case "build": build = json.GetString(); break;
                case "label": label = json.GetString(); break;
                case "command": command = json.GetString(); break;
                case "cwd": cwd = json.GetString(); break;
                case "slots": slots = json.GetInt32(); break;
                case "user": user = json.GetString(); break;
                case "version": version = json.GetString(); break;
                case "enqueuedAt": enqueuedAt = json.GetDateTimeOffset(); break;
                default: json.Skip(); break;
            }
        }

        return kind is null || holder is null || label is null || user is null || slots < 1 ? null : new LeaseRecord
        {
            Kind = kind.Value,
            Holder = holder.Value,
            Owner = owner,
            Build = build,
            Label = label,
            Command = command,
            WorkingDirectory = cwd,
            Slots = slots,
            User = user,
            Version = version,
            EnqueuedAt = enqueuedAt,
        };
    }

    private static GrantRecord? DecodeGrant(ReadOnlySpan<byte> line)
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

    private static ProcessIdentity DecodeIdentity(ref Utf8JsonReader json)
    {
        string boot = "";
        long ns = 0, start = 0;
        int pid = 0;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException();
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string? name = json.GetString();
            json.Read();
            switch (name)
            {
                case "boot": boot = json.GetString() ?? ""; break;
                case "ns": ns = json.GetInt64(); break;
                case "pid": pid = json.GetInt32(); break;
                case "start": start = json.GetInt64(); break;
                default: json.Skip(); break;
            }
        }

        return pid > 0 ? new ProcessIdentity(boot, ns, pid, start) : throw new FormatException();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ProcessIdentity process)
    {
        json.WriteStartObject(name);
        json.WriteString("boot"u8, process.BootId);
        json.WriteNumber("ns"u8, process.PidNamespace);
        json.WriteNumber("pid"u8, process.Pid);
        json.WriteNumber("start"u8, process.StartTime);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, Shorten(text));
        }
    }

    /// <summary>Keeps a ticket far below <see cref="MaxLength"/>, however long a command line is. Cuts no surrogate pair.</summary>
    private static string Shorten(string text)
    {
        if (text.Length <= MaxTextLength)
        {
            return text;
        }

        int length = char.IsHighSurrogate(text[MaxTextLength - 2]) ? MaxTextLength - 2 : MaxTextLength - 1;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
