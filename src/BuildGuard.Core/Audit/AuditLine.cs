using System.Buffers;
using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Audit;

/// <summary>A record as one line of JSON, and back.</summary>
public static class AuditLine
{
    /// <summary>The version of the format. Members may be added without a new one.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The longest line that is read, in bytes; what is written stays far below.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxCommand = 4096;
    private const int MaxProcessCommand = 512;
    private const int MaxProcesses = 64;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>Writes a line, newline included. The bytes are valid until the next call on this thread.</summary>
    public static ReadOnlySpan<byte> Write(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArrayBufferWriter<byte> to = buffer ??= new ArrayBufferWriter<byte>(1024);
        to.ResetWrittenCount();
        writer ??= new Utf8JsonWriter(to, JsonEncoder.Compact);
        writer.Reset(to);
        WriteTo(writer, record);
        writer.Flush();
        to.Write("\n"u8);
        return to.WrittenSpan;
    }

    /// <summary>Writes a record as an object.</summary>
    public static void WriteTo(Utf8JsonWriter json, AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(record);
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, SchemaVersion);
        json.WriteString("time"u8, JsonTime.Format(record.Time));
        json.WriteString("event"u8, NameOf(record.Event));
        json.WriteString("lease"u8, record.Lease);
        json.WriteNumber("pid"u8, record.Pid);
        Text(json, "kind"u8, record.Kind switch { null => null, LeaseKind.Session => "session", _ => "operation" });
        Text(json, "label"u8, record.Label, MaxProcessCommand);
        json.WriteString("command"u8, Cut(record.Command, MaxCommand));
        Text(json, "cwd"u8, record.WorkingDirectory);
        Text(json, "user"u8, record.User);
        Number(json, "position"u8, record.Position);
        Number(json, "waitedMs"u8, record.WaitedMilliseconds);
        Number(json, "durationMs"u8, record.DurationMilliseconds);
        Number(json, "peakMemoryBytes"u8, record.PeakMemoryBytes);
        if (record.Memory is { } memory)
        {
            WriteTo(json, memory);
        }

        Number(json, "peakProcesses"u8, record.PeakProcesses);
        Number(json, "cpuMs"u8, record.CpuMilliseconds);
        Number(json, "exitCode"u8, record.ExitCode);
        Text(json, "outcome"u8, record.Outcome);
        Text(json, "containment"u8, record.Containment?.ToName());
        Text(json, "code"u8, record.Code);
        Text(json, "reason"u8, record.Reason, MaxCommand);
        if (record.Processes is { } processes)
        {
            Processes(json, processes);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a memory series as the member <c>memory</c>.</summary>
    public static void WriteTo(Utf8JsonWriter json, MemorySeries memory)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(memory);
        json.WriteStartObject("memory"u8);
        json.WriteNumber("everyMs"u8, memory.EveryMilliseconds);
        json.WriteStartArray("bytes"u8);
        foreach (long bytes in memory.Bytes)
        {
            json.WriteNumberValue(bytes);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a line; <c>false</c> if it is not one of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out AuditRecord record) => AuditLineReader.TryRead(line, out record);

    /// <summary>The word for an event.</summary>
    public static string NameOf(AuditEvent auditEvent) => auditEvent switch
    {
        AuditEvent.Enqueued => "enqueued",
        AuditEvent.Acquired => "acquired",
        AuditEvent.Released => "released",
        AuditEvent.Refused => "refused",
        AuditEvent.Breach => "breach",
        AuditEvent.Killed => "killed",
        AuditEvent.Orphan => "orphan",
        AuditEvent.Stalled => "stalled",
        AuditEvent.Stopped => "stopped",
        AuditEvent.Degraded => "degraded",
        AuditEvent.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(auditEvent)),
    };

    private static void Processes(Utf8JsonWriter json, IReadOnlyList<AuditProcess> processes)
    {
        json.WriteStartArray("processes"u8);
        foreach (AuditProcess process in processes.Take(MaxProcesses))
        {
            json.WriteStartObject();
            json.WriteNumber("pid"u8, process.Pid);
            json.WriteString("name"u8, process.Name);
            Text(json, "command"u8, process.Command, MaxProcessCommand);
            Number(json, "memoryBytes"u8, process.MemoryBytes);
            Number(json, "ageMs"u8, process.AgeMilliseconds);
            if (process.Kept)
            {
                json.WriteBoolean("kept"u8, true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (processes.Count > MaxProcesses)
        {
            json.WriteNumber("moreProcesses"u8, processes.Count - MaxProcesses);
        }
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value, int max = 4096)
    {
        if (value is not null)
        {
            json.WriteString(name, Cut(value, max));
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static string? Cut(string? text, int max) => text is null || text.Length <= max ? text : text[..(max - 1)] + "…";
}
