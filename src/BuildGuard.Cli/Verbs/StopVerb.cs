using System.CommandLine;
using BuildGuard.Audit;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Endings;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard stop</c>: ends every guarded tree, empties the queues, and proves it.</summary>
internal static class StopVerb
{
    /// <summary>How often whoever came to the turn meanwhile is ended too.</summary>
    private const int MaxRounds = 5;

    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var all = new Option<bool>("--all") { Description = "Everything under every lock; so it is when no lease is named" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask first" };
        var lease = new Argument<string?>("lease") { HelpName = "LEASE", Description = "End only this one, with what is inside it, as 'buildguard status' names it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("stop", "Emergency stop: end every guarded process tree and everybody who waits. A lease that has ended already is no failure; one that nobody is known to have had is a mistake.") { lease, all, yes, json };
        command.SetAction(result => Stop(
            composition, LeaseOf(result.GetValue(lease), result.GetValue(all), command.Options), result.GetValue(yes), result.GetValue(json)));
        return command;
    }

    private static LeaseId? LeaseOf(string? named, bool all, IEnumerable<Option> options) => (named, all) switch
    {
        (null, _) => null,
        (['-', ..], _) => throw new GuardException(Messages.BadUsage("stop", TableParser.UnknownOption(named, options.Where(option => !option.Hidden).Select(option => option.Name)))),
        (_, true) => throw new GuardException(Messages.BadUsage("stop", "either --all or a lease")),
        _ when LeaseId.TryParse(named, out LeaseId lease) => lease,
        _ => throw new GuardException(Messages.BadUsage("stop", $"'{named}' is no lease; expected one as in user/12-9f3a77b0, as 'buildguard status' names it")),
    };

    private static int Stop(Composition composition, LeaseId? only, bool isSure, bool asJson)
    {
        EmergencyStop stop = composition.EmergencyStop("stop");
        var outcome = new StopOutcome(composition.ShownCommands);
        IReadOnlyList<StopTarget> targets = outcome.Try(() =>
        {
            composition.RequireLocksReadable();
            return stop.Look(only);
        });
        RefuseFromInside(composition, targets);
        UnrecordedHolders unrecorded = composition.UnrecordedHolders;
        IReadOnlyList<ProcessRow> untold = (only, outcome.Problems.Count) switch
        {
            (null, _) => unrecorded.Look(targets),
            ({ } lease, 0) => unrecorded.Look(stop.Look(only: null), lease),
            _ => [],
        };
        outcome.Dead.UnionWith(targets.Where(target => composition.Processes.IsAlive(StopOutcome.HolderOf(target)) == false).Select(target => target.Id));
        int left = !isSure && only is null && targets.Count + untold.Count == 0 ? composition.Containment.FindAll().Count : 0;
        if (!isSure && (only is null || targets.Count + untold.Count > 0) && !Confirm(targets, untold, left, outcome))
        {
            Terminal.Lines.WriteLine("Nothing was ended.");
            return ExitCodes.Findings;
        }

        if (only is not null)
        {
            outcome.Left.AddRange(outcome.Try(() => stop.End(only, outcome.Ended.Add)));
            if (outcome.Problems.Count == 0)
            {
                outcome.Unrecorded.AddRange(unrecorded.End(only.Value, "stop"));
                outcome.UnrecordedLeft.AddRange(unrecorded.Look(stop.Look(only: null), only.Value));
            }

            if (outcome is { Ended.Count: 0, Unrecorded.Count: 0, Problems.Count: 0 })
            {
                ExplainAbsence(composition, only.Value, outcome);
            }
        }
        else
        {
            EndEverything(composition, stop, unrecorded, outcome);
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

    /// <summary>
    /// A lease that is gone is what was wanted. A name that nobody ever had is a mistake, or means another state directory.
    /// </summary>
    /// <exception cref="GuardException">BG0005: there never was such a lease.</exception>
    private static void ExplainAbsence(Composition composition, LeaseId lease, StopOutcome outcome)
    {
        string[] unreadable = [.. composition.Viewer.Look(lease.Lock).Unreadable.Select(ticket => ticket.Id).Where(id => id.IsIn(lease)).Select(id => id.Value)];
        if (unreadable.Length > 0)
        {
            outcome.Problems.Add(Messages.HeldUnreadable(unreadable));
        }
        else if (!MayHaveBeen(composition, lease))
        {
            throw new GuardException(Messages.BadUsage("stop", $"nobody has the lease {lease}, and {(composition.Layout.IsShared(lease.Lock) ? "its lock has not given out that number yet" : "the audit trail, as far as it goes back, knows of none")}: 'buildguard status' names those that there are"));
        }
    }

    /// <summary>
    /// Whether the audit trail tells of it, or cannot be asked. What others did under a shared lock stands in their trails: there
    /// the numbers that it has given out tell.
    /// </summary>
    private static bool MayHaveBeen(Composition composition, LeaseId lease)
    {
        try
        {
            return composition.Layout.IsShared(lease.Lock) ? composition.Viewer.MayHaveBeen(lease) : new AuditReader(composition.AuditFiles, composition.StateDirectoryPath).ReadAll()
                .Any(record => LeaseId.TryParse(record.Lease, out LeaseId id) && id.IsIn(lease));
        }
        catch (Exception e) when (e is GuardException or IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// Those of whom no ticket tells first, who would come to their turn when the others end; those that wait behind them are told
    /// before. Whoever came to it meanwhile all the same is found at the next look.
    /// </summary>
    private static void EndEverything(Composition composition, EmergencyStop stop, UnrecordedHolders unrecorded, StopOutcome outcome)
    {
        IReadOnlyList<StopTarget> left = [];
        for (int round = 0; round < MaxRounds; round++)
        {
            if (outcome.Problems.Count == 0)
            {
                _ = outcome.Try(stop.Announce);
            }

            outcome.Unrecorded.AddRange(unrecorded.End(outcome.Problems.Count == 0 ? outcome.Try(() => stop.Look(only: null)) : []));
            if (outcome.Problems.Count == 0)
            {
                left = outcome.Try(() => stop.End(only: null, outcome.Ended.Add));
            }

            outcome.Swept.AddRange(composition.Containment.EndAll());
            if (unrecorded.Look(left).Count == 0)
            {
                break;
            }
        }

        outcome.Left.AddRange(left);
        outcome.UnrecordedLeft.AddRange(unrecorded.Look(left));
    }

    /// <summary>Whoever stands inside would be ended before it has ended the others.</summary>
    private static void RefuseFromInside(Composition composition, IReadOnlyList<StopTarget> targets)
    {
        if (targets.Count > 0 && composition.Innermost() is { } own
            && targets.Any(target => own.IsIn(target.Id)))
        {
            throw new GuardException(Messages.BadUsage("stop", $"this command itself runs inside the lease {own}, which it would end; run it from outside"));
        }
    }

    private static bool Confirm(IReadOnlyList<StopTarget> targets, IReadOnlyList<ProcessRow> unrecorded, int left, StopOutcome outcome)
    {
        if (targets.Count + unrecorded.Count + left + outcome.Problems.Count == 0)
        {
            return true;
        }

        string what = (outcome.Problems.Count, targets.Count, unrecorded.Count) switch
        {
            ( > 0, _, _) => "everything that the guard has started, and whoever holds a lock of it,",
            (_, 0, 0) => UntoldProcesses.Count(left),
            (_, _, 0) => StopOutcome.Count(targets),
            (_, 0, _) => StopOutcome.Count(unrecorded),
            _ => $"{StopOutcome.Count(targets)}, and {StopOutcome.Count(unrecorded)}",
        };
        if (!Question.CanAsk)
        {
            throw new GuardException(Messages.BadUsage("stop", $"{what} would be ended: add --yes if that is meant"));
        }

        outcome.Show(targets, Terminal.Lines);
        return Question.IsYes($"End {what}?");
    }
}
