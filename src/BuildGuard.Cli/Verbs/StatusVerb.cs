using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard status</c>: who holds what, with which processes; and who waits.</summary>
internal static class StatusVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var watch = ViewOptions.Watch();
        var lockName = ViewOptions.Lock();
        var command = new Command("status", "Show who holds what: the lease tree, its processes and memory; and the queue.") { json, watch, lockName };
        command.SetAction(result =>
        {
            string name = ViewOptions.LockOf(composition, result.GetValue(lockName));
            composition.RequireReadable(name);
            return result.GetValue(watch) ? Watch(composition, name, result.GetValue(json)) : Show(Look(composition, name), composition, result.GetValue(json));
        });
        return command;
    }

    private static Seen Look(Composition composition, string lockName)
    {
        TreeSnapshot tree = composition.Viewer.Look(lockName);
        return new Seen(tree, LeaseUse.Of(tree, composition.Processes, composition.Containment), composition.UnrecordedHolders.Look());
    }

    private static int Show(Seen seen, Composition composition, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(json => Write(json, seen, composition));
        }
        else
        {
            Write(Terminal.Lines, seen, composition);
        }

        return ExitCodes.Success;
    }

    private static int Watch(Composition composition, string lockName, bool asJson)
    {
        if (!asJson && FullScreen.IsPossible)
        {
            return new WatchScreen((width, height) =>
            {
                using var text = new StringWriter();
                Write(new FoldingWriter(text, () => width), Look(composition, lockName), composition);
                string[] lines = text.ToString().TrimEnd('\n').Split('\n');
                return lines.Length <= height ? lines : [.. lines.Take(height - 1), Terminal.Faint($"… {lines.Length - height + 1} more lines")];
            }).Run(Interval);
        }

        string? last = null;
        while (true)
        {
            Seen seen = Look(composition, lockName);
            string now = QueueText.KeyOf(seen.Tree, seen.Unrecorded) + string.Concat(seen.Leases.SelectMany(lease => lease.Processes).Select(process => $" {process.Pid}"));
            if (now != last && asJson)
            {
                Terminal.WriteJsonLine(json => Write(json, seen, composition));
            }
            else if (now != last)
            {
                Terminal.Lines.WriteLine(Terminal.Faint($"{DateTime.Now:HH:mm:ss}"));
                Write(Terminal.Lines, seen, composition);
            }

            last = now;
            Thread.Sleep(Interval);
        }
    }

    private static void Write(Utf8JsonWriter json, Seen seen, Composition composition) => TreeJson.WriteStatus(
        json, composition.Layout.StateOf(seen.Tree.Lock), composition.Containment.Rung.ToName(), seen.Tree, seen.Leases, seen.Unrecorded);

    private static void Write(TextWriter output, Seen seen, Composition composition)
    {
        (TreeSnapshot tree, IReadOnlyList<LeaseUse> leases, IReadOnlyList<ProcessRow> unrecorded) = seen;
        output.WriteLine($"Lock {Terminal.Bold(tree.Lock)}, state in {Terminal.Safe(composition.Layout.StateOf(tree.Lock), 400)}, containment {composition.Containment.Rung.ToName()}");
        ShowElsewhere(composition, tree.Lock, output);
        output.WriteLine();
        foreach (string line in QueueText.UnreadableOf(tree, unrecorded))
        {
            output.WriteLine(line);
        }

        if (leases.Count + tree.Unreadable.Count + unrecorded.Count == 0)
        {
            output.WriteLine(QueueText.FirstOf(tree) ?? "Nobody holds the turn.");
            if (UntoldProcesses.Find(composition) is { Count: > 0 } untold)
            {
                output.WriteLine(UntoldProcesses.Sentence(untold.Count));
                Show(untold, output, "    ");
            }
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

        Show(report.Processes, output, indent + "    ");
    }

    private static void Show(IReadOnlyList<ProcessRow> processes, TextWriter output, string indent)
    {
        var table = new Table(0, 1);
        foreach (ProcessRow process in processes)
        {
            table.Add(process.Pid.ToString(), Size.ToText(process.MemoryBytes), Terminal.Safe(process.Name, 20), Terminal.Safe(process.Command, 80), Stopped.Is(process.State) ? "stopped" : "");
        }

        table.WriteTo(output, indent);
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

    private sealed record Seen(TreeSnapshot Tree, IReadOnlyList<LeaseUse> Leases, IReadOnlyList<ProcessRow> Unrecorded);
}
