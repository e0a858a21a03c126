using System.Text.Json;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;

namespace BuildGuard.Operations;

/// <summary>What came of an operation; what <c>run --report FILE</c> writes.</summary>
public sealed record OperationReport
{
    /// <summary>The version of the form of every JSON that the program prints.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The lease it ran under; empty if it never got its turn.</summary>
    public required string Lease { get; init; }

    /// <summary>The command line; the label where command lines must not be recorded.</summary>
    public required string Command { get; init; }

    /// <summary>The exit code of <c>run</c>.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended the command; 0 for none. It is in the exit code, too, so the JSON has no more of it.</summary>
    public int EndSignal { get; init; }

    /// <summary>How it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Time in the queue and in the pre-flight check.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>Time from the start of the command to its end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The most memory the tree used at once, in bytes; <c>null</c> where nobody measured it.</summary>
    public required long? PeakMemoryBytes { get; init; }

    /// <summary>Its memory over time; <c>null</c> where it ran too short for that. For the audit trail alone: the JSON has the peak.</summary>
    public MemorySeries? Memory { get; init; }

    /// <summary>The most processes it had at once; <c>null</c> where nobody counted.</summary>
    public required int? PeakProcesses { get; init; }

    /// <summary>CPU time of the tree, in milliseconds; <c>null</c> where nobody measured it.</summary>
    public required long? CpuMilliseconds { get; init; }

    /// <summary>How it was contained; <c>null</c> if nothing was started.</summary>
    public required Rung? Rung { get; init; }

    /// <summary>What it had left behind.</summary>
    public required IReadOnlyList<EndedProcess> OrphansEnded { get; init; }

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonEncoder.Compact with { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion"u8, SchemaVersion);
            json.WriteString("lease"u8, Lease);
            json.WriteString("command"u8, Command);
            json.WriteNumber("exitCode"u8, ExitCode);
            json.WriteString("outcome"u8, Outcome.ToName());
            json.WriteNumber("waitedMs"u8, (long)Waited.TotalMilliseconds);
            json.WriteNumber("durationMs"u8, (long)Duration.TotalMilliseconds);
            json.WriteNumber("peakMemoryBytes"u8, PeakMemoryBytes ?? 0);
            json.WriteNumber("peakProcesses"u8, PeakProcesses ?? 0);
            json.WriteNumber("cpuMs"u8, CpuMilliseconds ?? 0);
            json.WriteString("containment"u8, Rung?.ToName() ?? "");
            json.WriteStartArray("orphansEnded"u8);
            foreach (EndedProcess orphan in OrphansEnded)
            {
                json.WriteStartObject();
                json.WriteNumber("pid"u8, orphan.Pid);
                json.WriteString("name"u8, orphan.Name);
                json.WriteString("command"u8, orphan.Command);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }
}
