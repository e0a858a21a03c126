using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Audit;

/// <summary>Reads what anybody may have written: a line is either understood or refused, and never throws.</summary>
internal static class AuditLineReader
{
    /// <summary>Ten years: longer than any stretch of an operation.</summary>
    private const long MostMilliseconds = 3650L * 24 * 3600 * 1000;

    internal static bool TryRead(ReadOnlySpan<byte> line, out AuditRecord record)
    {
        record = new AuditRecord { Event = AuditEvent.Degraded };
        if (line.Length > AuditLine.MaxBytes || !line.StartsWith("{"u8))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 8 });
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return reader.BytesConsumed == line.Length && TryRead(document.RootElement, ref record);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string that is not UTF-8 inside.
            return false;
        }
    }

    private static bool TryRead(JsonElement root, ref AuditRecord record)
    {
        if (!TryFind(Text(root, "event"), out AuditEvent auditEvent)
            || !root.TryGetProperty("time", out JsonElement at) || at.ValueKind != JsonValueKind.String
            || !at.TryGetDateTimeOffset(out DateTimeOffset time))
        {
            return false;
        }

        record = new AuditRecord
        {
            Event = auditEvent,
            Time = time.ToUniversalTime(),
            Lease = Text(root, "lease"),
            Pid = Int(root, "pid") ?? 0,
            Kind = Text(root, "kind") switch { "session" => LeaseKind.Session, "operation" => LeaseKind.Operation, _ => null },
            Label = Text(root, "label"),
            Command = Text(root, "command"),
            WorkingDirectory = Text(root, "cwd"),
            User = Text(root, "user"),
            Position = Int(root, "position"),
            WaitedMilliseconds = Long(root, "waitedMs"),
            DurationMilliseconds = Long(root, "durationMs"),
            PeakMemoryBytes = Long(root, "peakMemoryBytes"),
            Memory = MemoryOf(root),
            PeakProcesses = Int(root, "peakProcesses"),
            CpuMilliseconds = Long(root, "cpuMs"),
            ExitCode = Int(root, "exitCode"),
            Outcome = Text(root, "outcome"),
            Containment = RungOf(Text(root, "containment")),
            Code = Text(root, "code"),
            Reason = Text(root, "reason"),
            Processes = ProcessesOf(root),
        };
        return true;
    }

    private static AuditProcess[]? ProcessesOf(JsonElement root) =>
        root.TryGetProperty("processes", out JsonElement array) && array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(e => new AuditProcess(
                Int(e, "pid") ?? 0,
                Text(e, "name") ?? "",
                Text(e, "command"),
                Long(e, "memoryBytes"),
                Long(e, "ageMs"),
                e.TryGetProperty("kept", out JsonElement kept) && kept.ValueKind == JsonValueKind.True))]
            : null;

    /// <summary>Whole or not at all: one wrong figure in it, and the others are nobody's word either.</summary>
    private static MemorySeries? MemoryOf(JsonElement root)
    {
        if (!root.TryGetProperty("memory", out JsonElement memory) || memory.ValueKind != JsonValueKind.Object
            || Long(memory, "everyMs") is not (> 0 and <= MostMilliseconds and { } every)
            || !memory.TryGetProperty("bytes", out JsonElement array) || array.ValueKind != JsonValueKind.Array
            || array.GetArrayLength() is 0 or > MemorySeries.MostPoints)
        {
            return null;
        }

        long[] bytes = new long[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement point in array.EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Number || !point.TryGetInt64(out bytes[count]) || bytes[count++] < 0)
            {
                return null;
            }
        }

        return new MemorySeries(every, bytes);
    }

    private static bool TryFind(string? name, out AuditEvent auditEvent)
    {
        for (auditEvent = AuditEvent.Enqueued; auditEvent <= AuditEvent.Cancelled; auditEvent++)
        {
            if (AuditLine.NameOf(auditEvent) == name)
            {
                return true;
            }
        }

        return false;
    }

    private static Rung? RungOf(string? name)
    {
        for (Rung rung = Rung.CgroupV2; rung <= Rung.Bare; rung++)
        {
            if (rung.ToName() == name)
            {
                return rung;
            }
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Long(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    private static int? Int(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;
}
