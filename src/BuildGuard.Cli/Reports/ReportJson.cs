using System.Text.Json;
using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Reporting;

namespace BuildGuard.Cli.Reports;

/// <summary>The same figures for programs.</summary>
internal static class ReportJson
{
    private const int Incidents = 100;

    public static void Write(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteString("time"u8, JsonTime.Format(model.Now));
        json.WriteString("stateDir"u8, model.StateDirectory);
        json.WriteNumber("events"u8, model.History.Events);
        json.WriteNumber("damagedLines"u8, model.Damaged);
        json.WriteNumber("leases"u8, model.History.Leases.Count);
        json.WriteNumber("holding"u8, model.Holding.Count);
        json.WriteNumber("waiting"u8, model.Queue.Count);
        json.WriteNumber("orphansEnded"u8, model.History.OrphansEnded);
        json.WriteStartObject("counts"u8);
        for (AuditEvent name = AuditEvent.Enqueued; name <= AuditEvent.Cancelled; name++)
        {
            json.WriteNumber(AuditLine.NameOf(name), model.History.Count(name));
        }

        json.WriteEndObject();
        Leases(json, "slowest", model.Slowest);
        Leases(json, "hungriest", model.Hungriest);
        Leases(json, "longestWaits", model.LongestWaits);
        WriteMemory(json, model);
        WriteIncidents(json, model);
        Days(json, model);
        json.WriteEndObject();
    }

    private static void Leases(Utf8JsonWriter json, string name, IEnumerable<LeaseHistory> leases)
    {
        json.WriteStartArray(name);
        foreach (LeaseHistory lease in leases)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, lease.Lease);
            json.WriteString("label"u8, lease.Label);
            json.WriteString("command"u8, lease.Command);
            json.WriteString("fate"u8, Fates.WordOf(lease.Fate));
            json.WriteString("acquiredAt"u8, JsonTime.Format(lease.RunStart));
            json.WriteNumber("waitedMs"u8, (long)lease.Waited.TotalMilliseconds);
            json.WriteNumber("durationMs"u8, (long)lease.Ran.TotalMilliseconds);
            Number(json, "peakMemoryBytes", lease.PeakMemoryBytes);
            Memory(json, lease.Memory);
            Number(json, "peakProcesses", lease.PeakProcesses);
            Number(json, "cpuMs", lease.CpuMilliseconds);
            Number(json, "exitCode", lease.ExitCode);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A lease's own series, as the audit trail has it.</summary>
    private static void Memory(Utf8JsonWriter json, MemorySeries? memory)
    {
        if (memory is not null)
        {
            AuditLine.WriteTo(json, memory);
        }
        else
        {
            json.WriteNull("memory"u8);
        }
    }

    /// <summary>All operations together: from each time on, until the next.</summary>
    private static void WriteMemory(Utf8JsonWriter json, ReportModel model)
    {
        var scale = TimeScale.Of(model.History.Leases);
        var memory = MemoryOverTime.Of(model.History.Leases, scale, MemoryChart.Columns);
        json.WriteStartArray("memoryOverTime"u8);
        MemoryPart before = default;
        for (int i = 0; i < memory.Parts.Count; i++)
        {
            MemoryPart part = memory.Parts[i];
            if (part != before)
            {
                json.WriteStartObject();
                json.WriteString("time"u8, JsonTime.Format(scale.TimeAt((double)i / memory.Parts.Count)));
                json.WriteNumber("bytes"u8, part.Bytes);
                json.WriteNumber("flatBytes"u8, part.FlatBytes);
                json.WriteEndObject();
            }

            before = part;
        }

        json.WriteEndArray();
    }

    private static void WriteIncidents(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("incidents"u8);
        foreach (Incident incident in model.History.Incidents.TakeLast(Incidents))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, JsonTime.Format(incident.Time));
            json.WriteString("event"u8, AuditLine.NameOf(incident.Event));
            json.WriteString("code"u8, incident.Code);
            json.WriteString("lease"u8, incident.Lease);
            json.WriteString("label"u8, incident.Label);
            json.WriteNumber("processes"u8, incident.Processes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Days(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("days"u8);
        foreach (DayFigures day in DayFigures.Of(model.History.Leases, model.Zone))
        {
            json.WriteStartObject();
            json.WriteString("day"u8, day.Day.ToString("yyyy-MM-dd"));
            json.WriteNumber("leases"u8, day.Operations);
            json.WriteNumber("turnMs"u8, (long)day.Ran.TotalMilliseconds);
            json.WriteNumber("waitedMs"u8, (long)day.Waited.TotalMilliseconds);
            json.WriteNumber("peakMemoryBytes"u8, day.PeakMemoryBytes);
            json.WriteNumber("ended"u8, day.Ended);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
