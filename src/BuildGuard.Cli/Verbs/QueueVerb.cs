using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard queue</c>: who waits, in which order, and for whom.</summary>
internal static class QueueVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var watch = ViewOptions.Watch();
        var lockName = ViewOptions.Lock();
        var command = new Command("queue", "Show who waits, in which order, and for whom.") { json, watch, lockName };
        command.SetAction(result =>
        {
            string name = ViewOptions.LockOf(composition, result.GetValue(lockName));
            composition.RequireReadable(name);
            return result.GetValue(watch)
                ? Watch(composition, name, result.GetValue(json))
                : Show(composition.Viewer.Look(name), composition.UnrecordedHolders.Look(), result.GetValue(json));
        });
        return command;
    }

    private static int Show(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(json => TreeJson.WriteQueue(json, tree, unrecorded));
            return ExitCodes.Success;
        }

        foreach (string line in QueueText.HeadOf(tree, unrecorded))
        {
            Terminal.Lines.WriteLine(line);
        }

        QueueText.TableOf(tree).WriteTo(Terminal.Lines);
        return ExitCodes.Success;
    }

    private static int Watch(Composition composition, string lockName, bool asJson)
    {
        if (!asJson && FullScreen.IsPossible)
        {
            return new WatchScreen((width, height) => QueueScreen.LinesOf(composition.Viewer.Look(lockName), composition.UnrecordedHolders.Look(), width, height)).Run(Interval);
        }

        string? last = null;
        while (true)
        {
            TreeSnapshot tree = composition.Viewer.Look(lockName);
            IReadOnlyList<ProcessRow> unrecorded = composition.UnrecordedHolders.Look();
            string now = QueueText.KeyOf(tree, unrecorded);
            if (now != last)
            {
                Announce(tree, unrecorded, asJson);
                last = now;
            }

            Thread.Sleep(Interval);
        }
    }

    private static void Announce(TreeSnapshot tree, IReadOnlyList<ProcessRow> unrecorded, bool asJson)
    {
        if (!asJson)
        {
            Terminal.Lines.WriteLine(Terminal.Faint($"{DateTime.Now:HH:mm:ss}"));
            Show(tree, unrecorded, asJson: false);
            return;
        }

        Terminal.WriteJsonLine(json => TreeJson.WriteQueue(json, tree, unrecorded));
    }
}
