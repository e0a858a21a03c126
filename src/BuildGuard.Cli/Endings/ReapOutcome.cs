using System.Text.Json;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Idling;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Endings;

/// <summary>What <c>reap</c> found and ended, for people and as JSON.</summary>
/// <param name="dryRun">Whether it only looked.</param>
/// <param name="shown">What may be shown of command lines.</param>
internal sealed class ReapOutcome(bool dryRun, ShownCommands shown)
{
    /// <summary>The dead leases, with what was left of them.</summary>
    public List<(DeadLease Lease, IReadOnlyList<ProcessRow> Processes)> Leases { get; } = [];

    /// <summary>Whether it failed, at the last of <see cref="Leases"/> if it was ending that one.</summary>
    public bool IsBrokenOff { get; set; }

    /// <summary>How long a process of the tool chain must have been idle; <c>null</c>: they were not looked for.</summary>
    public TimeSpan? IdleAfter { get; set; }

    /// <summary>The processes of the tool chain.</summary>
    public IReadOnlyList<IdleFinding> Idle { get; set; } = [];

    /// <summary>What runs though nobody holds a lease: left by some of which no ticket tells. Whose turn comes next ends it, or <c>stop</c>.</summary>
    public IReadOnlyList<ProcessRow> Untold { get; set; } = [];

    /// <summary>For people.</summary>
    public void Show(TextWriter output)
    {
        if (Untold.Count > 0)
        {
            output.WriteLine(UntoldProcesses.Sentence(Untold.Count));
            Show(Untold, output);
        }
        else if (Leases.Count == 0 && !IsBrokenOff)
        {
            output.WriteLine("Nothing to reap: no lease has a dead holder.");
        }

        foreach ((DeadLease dead, IReadOnlyList<ProcessRow> processes) in Leases)
        {
            LeaseRecord record = dead.Content.Record;
            if (!dead.IsSeen)
            {
                output.WriteLine($"{(dryRun ? "Would set aside" : "Set aside")} {Terminal.Bold(Terminal.Safe(record.Label))}, whose holder (pid {record.Holder.Pid} there) died in another PID namespace: what it left cannot be seen from here, 'buildguard reap' there ends it");
                output.WriteLine(Terminal.Faint($"  lease {dead.Lease}"));
                continue;
            }

            string done = (dryRun, processes.Count) switch
            {
                (true, 0) => "Would clear away",
                (true, _) => "Would end",
                _ when IsBrokenOff && ReferenceEquals(dead, Leases[^1].Lease) => "Could not end all of",
                (_, 0) => "Cleared away",
                _ => "Ended",
            };
            string left = processes.Count switch { 0 => " and left nothing running", 1 => ": 1 process", int count => $": {count} processes" };
            output.WriteLine($"{done} {Terminal.Bold(Terminal.Safe(record.Label))}, whose holder (pid {record.Holder.Pid}) died{left}");
            output.WriteLine(Terminal.Faint($"  lease {dead.Lease}"));
            Show(processes, output);
        }

        if (IdleAfter is { } longest)
        {
            ShowIdle(output, Duration.ToText(longest));
        }
    }

    /// <summary>As JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("dryRun"u8, dryRun);
        json.WriteStartArray("leases"u8);
        foreach ((DeadLease dead, IReadOnlyList<ProcessRow> processes) in Leases)
        {
            LeaseRecord record = dead.Content.Record;
            json.WriteStartObject();
            json.WriteString("id"u8, dead.Lease.Value);
            json.WriteString("kind"u8, record.Kind == LeaseKind.Session ? "session"u8 : "operation"u8);
            json.WriteString("label"u8, record.Label);
            json.WriteString("command"u8, record.Command);
            json.WriteString("user"u8, record.User);
            json.WriteNumber("pid"u8, record.Holder.Pid);
            json.WriteBoolean("seen"u8, dead.IsSeen);
            json.WriteStartArray("processes"u8);
            foreach (ProcessRow process in processes)
            {
                TreeJson.WriteProcess(json, process);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("untold"u8);
        foreach (ProcessRow process in Untold)
        {
            TreeJson.WriteProcess(json, process);
        }

        json.WriteEndArray();
        if (IdleAfter is { } longest)
        {
            json.WriteNumber("idleAfterMs"u8, (long)longest.TotalMilliseconds);
            json.WriteStartArray("idle"u8);
            foreach (IdleFinding finding in Idle)
            {
                Write(json, finding);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Show(IReadOnlyList<ProcessRow> processes, TextWriter output)
    {
        var table = new Table(0, 1);
        foreach (ProcessRow process in processes)
        {
            table.Add(process.Pid.ToString(), Size.ToText(process.MemoryBytes), Terminal.Safe(process.Name, 20), Terminal.Safe(process.Command, 80));
        }

        table.WriteTo(output, "    ");
    }

    private void Write(Utf8JsonWriter json, IdleFinding finding)
    {
        (ToolProcess tool, TimeSpan idle) = finding.Tool;
        json.WriteStartObject();
        json.WriteNumber("pid"u8, tool.Row.Pid);
        json.WriteString("kind"u8, tool.Kind.ToName());
        json.WriteString("name"u8, tool.Row.Name);
        json.WriteString("command"u8, shown.Of([tool.Row])[0].Command);
        json.WriteNumber("memoryBytes"u8, tool.Row.MemoryBytes);
        json.WriteNumber("ageMs"u8, (long)tool.Age.TotalMilliseconds);
        json.WriteNumber("idleMs"u8, (long)idle.TotalMilliseconds);
        json.WriteBoolean("inUse"u8, tool.IsInUse);
        json.WriteBoolean("due"u8, finding.IsDue);
        json.WriteBoolean("ended"u8, finding.HasEnded);
        json.WriteEndObject();
    }

    private void ShowIdle(TextWriter output, string longest)
    {
        if (Idle.Count == 0)
        {
            output.WriteLine("No leftovers of the tool chain.");
            return;
        }

        int due = Idle.Count(finding => finding.IsDue), ended = Idle.Count(finding => finding.HasEnded);
        output.WriteLine(due == 0
            ? $"Of the tool chain nothing is known to be idle for {longest}: that is told from two looks, at least that far apart."
            : $"{(dryRun ? "Would end" : "Ended")} {(dryRun ? due : ended)} of {Idle.Count} of the tool chain, idle for {longest} or longer:");
        var table = new Table(0, 1);
        foreach (IdleFinding finding in Idle)
        {
            (ToolProcess tool, TimeSpan idle) = finding.Tool;
            table.Add(
                tool.Row.Pid.ToString(), Size.ToText(tool.Row.MemoryBytes), tool.Kind.ToText(), $"{Duration.ToAge(tool.Age)} old",
                tool.IsInUse ? "in use" : idle > TimeSpan.Zero ? $"idle for {Duration.ToAge(idle)}" : "first seen idle now",
                finding.HasEnded ? "ended" : !finding.IsDue ? "" : dryRun ? "would be ended" : Terminal.Red("does not end"));
        }

        table.WriteTo(output, "    ");
    }
}
