using System.Text.Json;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Preflight;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Views;

/// <summary>The lease tree as the JSON of <c>status</c> and <c>queue</c>.</summary>
internal static class TreeJson
{
    public static void WriteStatus(Utf8JsonWriter json, string stateDirectory, string containment, TreeSnapshot tree, IReadOnlyList<LeaseUse> leases, IReadOnlyList<ProcessRow> unrecorded)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteString("lock"u8, tree.Lock);
        json.WriteString("stateDir"u8, stateDirectory);
        json.WriteString("containment"u8, containment);
        json.WriteStartArray("leases"u8);
        foreach (LeaseUse lease in leases)
        {
            WriteLease(json, lease);
        }

        json.WriteEndArray();
        WriteQueueMember(json, tree);
        WriteUnreadable(json, tree.Unreadable);
        WriteUnrecorded(json, unrecorded);
        json.WriteEndObject();
    }

    public static void WriteQueue(Utf8JsonWriter json, TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteString("lock"u8, tree.Lock);
        WriteQueueMember(json, tree);
        WriteUnreadable(json, tree.Unreadable);
        WriteUnrecorded(json, unrecorded);
        json.WriteEndObject();
    }

    /// <summary>Those that hold or wait though no ticket tells of it; nothing if there are none.</summary>
    private static void WriteUnrecorded(Utf8JsonWriter json, IReadOnlyList<ProcessRow> unrecorded)
    {
        if (unrecorded.Count == 0)
        {
            return;
        }

        json.WriteStartArray("unrecorded"u8);
        foreach (ProcessRow process in unrecorded)
        {
            WriteProcess(json, process);
        }

        json.WriteEndArray();
    }

    private static void WriteLease(Utf8JsonWriter json, LeaseUse report)
    {
        LeaseView lease = report.View;
        json.WriteStartObject();
        json.WriteString("id"u8, lease.Id.Value);
        json.WriteString("parent"u8, lease.Id.Parent?.Value);
        json.WriteString("kind"u8, lease.Record.Kind == LeaseKind.Session ? "session"u8 : "operation"u8);
        json.WriteString("label"u8, lease.Record.Label);
        json.WriteString("command"u8, lease.Record.Command);
        json.WriteString("cwd"u8, lease.Record.WorkingDirectory);
        json.WriteString("user"u8, lease.Record.User);
        json.WriteNumber("pid"u8, lease.Pid);
        json.WriteBoolean("holderAlive"u8, lease.HolderAlive);
        WriteStopped(json, lease.Stopped);
        json.WriteString("acquiredAt"u8, JsonTime.Format(lease.Grant.AcquiredAt));
        WriteLimits(json, lease.Record.Limits);
        json.WriteNumber("memoryBytes"u8, report.MemoryBytes);
        json.WriteNumber("peakMemoryBytes"u8, report.PeakMemoryBytes);
        json.WriteStartArray("processes"u8);
        foreach (ProcessRow process in report.Processes)
        {
            WriteProcess(json, process);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Those of an operation; nothing where they are not known. <c>null</c> in it: no limit.</summary>
    private static void WriteLimits(Utf8JsonWriter json, LeaseLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        json.WriteStartObject("limits"u8);
        WriteNumber(json, "memoryBytes"u8, limits.MemoryBytes);
        WriteNumber(json, "processes"u8, limits.Processes);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteProcess(Utf8JsonWriter json, ProcessRow process)
    {
        json.WriteStartObject();
        json.WriteNumber("pid"u8, process.Pid);
        json.WriteNumber("ppid"u8, process.ParentPid);
        json.WriteString("name"u8, process.Name);
        json.WriteNumber("memoryBytes"u8, process.MemoryBytes);
        json.WriteEndObject();
    }

    /// <summary>Only for the first one, and only while the machine is not fit for it.</summary>
    private static void WriteWait(Utf8JsonWriter json, PreflightWait wait)
    {
        json.WriteStartArray("waitsFor"u8);
        if (wait.RequiredMemoryBytes is { } required)
        {
            json.WriteStartObject();
            json.WriteString("what"u8, "memory"u8);
            json.WriteNumber("requiredBytes"u8, required);
            json.WriteNumber("freeBytes"u8, wait.FreeMemoryBytes ?? 0);
            json.WriteEndObject();
        }

        if (wait.MaxLoad is { } max)
        {
            json.WriteStartObject();
            json.WriteString("what"u8, "load"u8);
            json.WriteNumber("max"u8, max);
            json.WriteNumber("load"u8, wait.Load ?? 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Only while the one who holds or waits is stopped.</summary>
    private static void WriteStopped(Utf8JsonWriter json, IReadOnlyList<int> stopped)
    {
        if (stopped.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stoppedPids"u8);
        foreach (int pid in stopped)
        {
            json.WriteNumberValue(pid);
        }

        json.WriteEndArray();
    }

    /// <summary>Only while there are any.</summary>
    public static void WriteUnreadable(Utf8JsonWriter json, IReadOnlyList<UnreadableTicket> unreadable)
    {
        if (unreadable.Count == 0)
        {
            return;
        }

        json.WriteStartArray("unreadable"u8);
        foreach (UnreadableTicket ticket in unreadable)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, ticket.Id.Value);
            json.WriteString("parent"u8, ticket.Id.Parent?.Value);
            json.WriteString("version"u8, ticket.Version);
            json.WriteString("state"u8, ticket.Standing switch { UnreadableStanding.Holds => "holds", UnreadableStanding.Waits => "waits", _ => null });
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteQueueMember(Utf8JsonWriter json, TreeSnapshot tree)
    {
        json.WriteStartArray("queue"u8);
        foreach (TicketView ticket in tree.Queue)
        {
            json.WriteStartObject();
            json.WriteNumber("position"u8, ticket.Position);
            json.WriteNumber("pid"u8, ticket.Record.Holder.Pid);
            json.WriteString("label"u8, ticket.Record.Label);
            json.WriteString("command"u8, ticket.Record.Command);
            json.WriteString("cwd"u8, ticket.Record.WorkingDirectory);
            json.WriteString("parent"u8, ticket.Parent?.Value);
            json.WriteString("enqueuedAt"u8, JsonTime.Format(ticket.Record.EnqueuedAt));
            if (ticket.WaitsFor is { } wait)
            {
                WriteWait(json, wait);
            }

            WriteStopped(json, ticket.Stopped);

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
