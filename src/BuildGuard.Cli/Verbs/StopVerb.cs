using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.Output;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard stop</c>: ends every guarded tree, empties the queues, and proves it.</summary>
internal static class StopVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var all = new Option<bool>("--all") { Description = "Everything under every lock; so it is when no lease is named" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask first" };
        var lease = new Argument<string?>("lease") { HelpName = "LEASE", Description = "End only this one, with what is inside it, as 'buildguard status' names it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("stop", "Emergency stop: end every guarded process tree and everybody who waits. Exit code 1: something is left.") { lease, all, yes, json };
        command.SetAction(result => Stop(
            composition, LeaseOf(result.GetValue(lease), result.GetValue(all)), result.GetValue(yes), result.GetValue(json)));
        return command;
    }

    private static LeaseId? LeaseOf(string? named, bool all) => (named, all) switch
    {
        (null, _) => null,
        (_, true) => throw new GuardException(Messages.BadUsage("stop", "either --all or a lease")),
        _ when LeaseId.TryParse(named, out LeaseId lease) => lease,
        _ => throw new GuardException(Messages.BadUsage("stop", $"'{named}' is no lease; expected one as in user/12-9f3a77b0, as 'buildguard status' names it")),
    };

    private static int Stop(Composition composition, LeaseId? only, bool isSure, bool asJson)
    {
        var stop = new EmergencyStop(
            composition.StateFiles, composition.Layout, composition.Viewer, composition.Processes, composition.Signals, composition.Reaper(MessageSink.Silent));
        var outcome = new StopOutcome();
        IReadOnlyList<StopTarget> targets = outcome.Try(() =>
        {
            composition.RequireLocksReadable();
            return stop.Look(only);
        });
        RefuseFromInside(composition, targets);
        outcome.Dead.UnionWith(targets.Where(target => composition.Processes.IsAlive(StopOutcome.HolderOf(target)) == false).Select(target => target.Id));
        if (!isSure && !Confirm(targets, outcome))
        {
            return ExitCodes.GuardFailed;
        }

        if (outcome.Problems.Count == 0)
        {
            outcome.Left.AddRange(outcome.Try(() => stop.End(only, outcome.Ended.Add)));
        }

        if (only is null)
        {
            outcome.Swept.AddRange(composition.Containment.EndAll());
        }

        if (asJson)
        {
            Terminal.WriteJson(outcome.Write);
        }
        else
        {
            outcome.Show(Terminal.Lines, only is null);
        }

        return outcome.IsOver ? ExitCodes.Success : ExitCodes.Findings;
    }

    /// <summary>Whoever stands inside would be ended before it has ended the others.</summary>
    private static void RefuseFromInside(Composition composition, IReadOnlyList<StopTarget> targets)
    {
        if (targets.Count > 0 && composition.Innermost() is { } own
            && targets.Any(target => own == target.Id || own.Value.StartsWith(target.Id.Value + "/", StringComparison.Ordinal)))
        {
            throw new GuardException(Messages.BadUsage("stop", $"this command itself runs inside the lease {own}, which it would end; run it from outside"));
        }
    }

    private static bool Confirm(IReadOnlyList<StopTarget> targets, StopOutcome outcome)
    {
        if (targets.Count + outcome.Problems.Count == 0)
        {
            return true;
        }

        string what = outcome.Problems.Count == 0 ? StopOutcome.Count(targets) : "everything in the guard's control groups";
        if (!StandardStreams.IsTerminal(0))
        {
            throw new GuardException(Messages.BadUsage("stop", $"{what} would be ended: add --yes if that is meant"));
        }

        outcome.Show(targets, Terminal.Lines);
        Terminal.Lines.Write($"End {what}? [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
