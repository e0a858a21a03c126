using System.Text.Json;
using BuildGuard.Processes;

namespace BuildGuard.Leases;

/// <summary>The record of a ticket as JSON. Members that are not known are skipped: a later version may have more.</summary>
internal static class LeaseRecordJson
{
    /// <summary>In characters. Keeps a ticket far below <see cref="TicketCodec.MaxLength"/>, however long a command line is.</summary>
    private const int MaxTextLength = 4096;

    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json, LeaseRecord record)
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
        if (record.HidesCommands)
        {
            json.WriteBoolean("hidesCommands"u8, true);
        }

        if (record.Slots > 1)
        {
            json.WriteNumber("slots"u8, record.Slots);
        }

        if (record.Limits is { } limits)
        {
            Write(json, limits);
        }

        json.WriteString("user"u8, Shorten(record.User));
        WriteOptional(json, "version"u8, record.Version);
        WriteOptional(json, "file"u8, record.File);
        json.WriteString("enqueuedAt"u8, record.EnqueuedAt.UtcDateTime);
        json.WriteEndObject();
    }

    /// <summary>Reads it. <c>null</c>: something is missing.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">A value is none.</exception>
    /// <exception cref="InvalidOperationException">A value is of another type.</exception>
    public static LeaseRecord? Read(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        LeaseKind? kind = null;
        ProcessIdentity? holder = null, owner = null;
        string? build = null, label = null, command = null, cwd = null, user = null, version = null, file = null;
        DateTimeOffset enqueuedAt = default;
        int slots = 1;
        bool hidesCommands = false;
        LeaseLimits? limits = null;
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
                case "holder": holder = ReadIdentity(ref json); break;
                case "owner": owner = ReadIdentity(ref json); break;
                case "build": build = json.GetString(); break;
                case "label": label = json.GetString(); break;
                case "command": command = json.GetString(); break;
                case "cwd": cwd = json.GetString(); break;
                case "hidesCommands": hidesCommands = json.GetBoolean(); break;
                case "slots": slots = json.GetInt32(); break;
                case "limits": limits = ReadLimits(ref json); break;
                case "user": user = json.GetString(); break;
                case "version": version = json.GetString(); break;
                case "file": file = json.GetString(); break;
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
            HidesCommands = hidesCommands,
            Slots = slots,
            Limits = limits,
            User = user,
            Version = version,
            File = file,
            EnqueuedAt = enqueuedAt,
        };
    }

    private static ProcessIdentity ReadIdentity(ref Utf8JsonReader json)
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

    private static LeaseLimits ReadLimits(ref Utf8JsonReader json)
    {
        long? memory = null;
        int? processes = null;
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
                case "memoryBytes": memory = json.GetInt64(); break;
                case "processes": processes = json.GetInt32(); break;
                default: json.Skip(); break;
            }
        }

        return new LeaseLimits(memory, processes);
    }

    /// <summary>What has no limit is left out.</summary>
    private static void Write(Utf8JsonWriter json, LeaseLimits limits)
    {
        json.WriteStartObject("limits"u8);
        if (limits.MemoryBytes is { } bytes)
        {
            json.WriteNumber("memoryBytes"u8, bytes);
        }

        if (limits.Processes is { } processes)
        {
            json.WriteNumber("processes"u8, processes);
        }

        json.WriteEndObject();
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

    /// <summary>Cuts no surrogate pair.</summary>
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
