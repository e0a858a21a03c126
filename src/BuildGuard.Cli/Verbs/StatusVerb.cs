using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard status</c>: who holds what, with which processes; and who waits.</summary>
internal static class StatusVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var lockName = ViewOptions.Lock();
        var command = new Command("status", "Show who holds what: the lease tree, its processes and memory; and the queue.") { json, lockName };
        command.SetAction(result => Show(composition, ViewOptions.LockOf(composition, result.GetValue(lockName)), result.GetValue(json)));
        return command;
    }

    private static int Show(Composition composition, string lockName, bool asJson)
    {
        composition.RequireReadable(lockName);
        TreeSnapshot tree = composition.Viewer.Look(lockName);
        IReadOnlyList<LeaseUse> leases = LeaseUse.Of(tree, composition.Processes, composition.Containment);
        IReadOnlyList<ProcessRow> unrecorded = composition.UnrecordedHolders.Look();
        string directory = composition.Layout.StateOf(lockName);
        string containment = composition.Containment.Rung.ToName();
        if (asJson)
        {
            Terminal.WriteJson(json => TreeJson.WriteStatus(json, directory, containment, tree, leases, unrecorded));
            return ExitCodes.Success;
        }

        TextWriter output = Terminal.Lines;
        output.WriteLine($"Lock {Terminal.Bold(lockName)}, state in {Terminal.Safe(directory, 400)}, containment {containment}");
        ShowElsewhere(composition, lockName, output);
        output.WriteLine();
        foreach (string line in QueueText.UnreadableOf(tree, unrecorded))
        {
            output.WriteLine(line);
        }

        if (leases.Count + tree.Unreadable.Count + unrecorded.Count == 0)
        {
            output.WriteLine(QueueText.FirstOf(tree) ?? "Nobody holds the turn.");
        }

        foreach (LeaseUse lease in leases)
        {
            Show(lease, output);
        }

        if (tree.Queue.Count > 0)
        {
            output.WriteLine();
            output.WriteLine(Terminal.Bold("Waiting"));
            QueueText.TableOf(tree).WriteTo(output, "  ");
        }

        return ExitCodes.Success;
    }

    private static void Show(LeaseUse report, TextWriter output)
    {
        LeaseView lease = report.View;
        string indent = new(' ', 2 * (lease.Id.Value.Count(c => c == '/') - 1));
        string held = Duration.ToAge(lease.Age);
        string state = QueueText.StateOf(lease) + QueueText.StoppedOf(lease.Stopped);
        output.WriteLine(
            $"{indent}{(lease.Record.Kind == LeaseKind.Session ? "session" : "operation")} {Terminal.Bold(Terminal.Safe(lease.Record.Label))}  "
            + $"pid {lease.Pid}, {Terminal.Safe(lease.Record.User, 40)}, for {held}, {report.Use}{state}");
        output.WriteLine(Terminal.Faint($"{indent}  lease {lease.Id}"));
        if (lease.Record.Command is { } command && command != lease.Record.Label)
        {
            output.WriteLine(Terminal.Faint($"{indent}  {Terminal.Safe(command)}"));
        }

        var table = new Table(0, 1);
        foreach (ProcessRow process in report.Processes)
        {
            table.Add(process.Pid.ToString(), Size.ToText(process.MemoryBytes), Terminal.Safe(process.Name, 20), Terminal.Safe(process.Command, 80), Stopped.Is(process.State) ? "stopped" : "");
        }

        table.WriteTo(output, indent + "    ");
    }

    /// <summary>Somebody who looks for what holds the machine must not be misled by the wrong lock.</summary>
    private static void ShowElsewhere(Composition composition, string lockName, TextWriter output)
    {
        foreach (string other in composition.Layout.LockNames(composition.StateFiles).Where(n => n != lockName).Order(StringComparer.Ordinal))
        {
            TreeSnapshot tree = composition.Viewer.Look(other);
            int leases = tree.Leases.Count + tree.Unreadable.Count;
            if (leases + tree.Queue.Count > 0)
            {
                output.WriteLine($"Also in use: lock {other} ({leases} lease{(leases == 1 ? "" : "s")}, {tree.Queue.Count} waiting): buildguard status --lock {other}");
            }
        }
    }
}
