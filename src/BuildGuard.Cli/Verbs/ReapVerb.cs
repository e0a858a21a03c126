using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard reap</c>: finds the leases of dead holders and ends what they left.</summary>
internal static class ReapVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be ended" };
        var messages = new Option<string>(RunOptions.Messages.Name) { Description = RunOptions.Messages.Help, Hidden = true };
        var command = new Command("reap", "End what the holders of dead leases left running, without waiting for the next in the queue.") { json, dryRun, messages };
        command.SetAction(result =>
        {
            composition.RequireReadable();
            return result.GetValue(messages) is { } file
                ? Tell(composition, file)
                : Reap(composition, result.GetValue(dryRun), result.GetValue(json));
        });
        return command;
    }

    /// <summary>For the tasks: what it has to say goes where the operation's helper would have said it.</summary>
    private static int Tell(Composition composition, string file)
    {
        IMessageSink messages = MessageSink.JsonLines(new AppendingWriter(file));
        composition.Reaper(messages).Reap(dead => messages.Say(MessageOf(dead)));
        return ExitCodes.Success;
    }

    private static int Reap(Composition composition, bool dryRun, bool asJson)
    {
        List<(DeadLease Lease, IReadOnlyList<ProcessRow> Processes)> found = [];
        void Note(DeadLease dead) =>
            found.Add((dead, composition.Containment.FindLeftovers(dead.Lease, dead.Content.Grant?.Container ?? "")));

        Reaper reaper = composition.Reaper(MessageSink.Silent);
        try
        {
            if (dryRun)
            {
                reaper.Find().ToList().ForEach(Note);
            }
            else
            {
                reaper.Reap(Note);
            }
        }
        finally
        {
            // What was ended is told although something else cannot be.
            if (asJson)
            {
                Terminal.WriteJson(json => Write(json, dryRun, found));
            }
            else
            {
                Show(dryRun, found);
            }
        }

        return ExitCodes.Success;
    }

    private static GuardMessage MessageOf(DeadLease dead) =>
        Messages.Reaping(dead.Lease.Value, dead.Content.Record.Label, dead.Content.Record.Holder.Pid);

    private static void Show(bool dryRun, List<(DeadLease Lease, IReadOnlyList<ProcessRow> Processes)> found)
    {
        TextWriter output = Console.Out;
        if (found.Count == 0)
        {
            output.WriteLine("Nothing to reap: no lease has a dead holder.");
        }

        foreach ((DeadLease dead, IReadOnlyList<ProcessRow> processes) in found)
        {
            LeaseRecord record = dead.Content.Record;
            string left = processes.Count switch { 0 => "nothing runs any more", 1 => "1 process", int count => $"{count} processes" };
            output.WriteLine(
                $"{(dryRun ? "Would end" : "Ended")} {Terminal.Bold(Terminal.Safe(record.Label))}, whose holder (pid {record.Holder.Pid}) died: {left}");
            output.WriteLine(Terminal.Faint($"  lease {dead.Lease}"));
            var table = new Table(0, 1);
            foreach (ProcessRow process in processes)
            {
                table.Add(process.Pid.ToString(), Size.ToText(process.MemoryBytes), Terminal.Safe(process.Name, 20), Terminal.Safe(process.Command, 80));
            }

            table.WriteTo(output, "    ");
        }
    }

    private static void Write(Utf8JsonWriter json, bool dryRun, List<(DeadLease Lease, IReadOnlyList<ProcessRow> Processes)> found)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("dryRun"u8, dryRun);
        json.WriteStartArray("leases"u8);
        foreach ((DeadLease dead, IReadOnlyList<ProcessRow> processes) in found)
        {
            LeaseRecord record = dead.Content.Record;
            json.WriteStartObject();
            json.WriteString("id"u8, dead.Lease.Value);
            json.WriteString("kind"u8, record.Kind == LeaseKind.Session ? "session"u8 : "operation"u8);
            json.WriteString("label"u8, record.Label);
            json.WriteString("command"u8, record.Command);
            json.WriteString("user"u8, record.User);
            json.WriteNumber("pid"u8, record.Holder.Pid);
            json.WriteStartArray("processes"u8);
            foreach (ProcessRow process in processes)
            {
                TreeJson.WriteProcess(json, process);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
