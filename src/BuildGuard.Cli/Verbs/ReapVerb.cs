using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Endings;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Runs;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard reap</c>: finds the leases of dead holders and ends what they left; asked for, idle leftovers of the tool chain too.</summary>
internal static class ReapVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be ended" };
        var idle = IdleOption();
        var messages = new Option<string>(RunOptions.Messages.Name) { Description = RunOptions.Messages.Help, Hidden = true };
        var command = new Command("reap", "End what the holders of dead leases left running, without waiting for the next in the queue.") { json, dryRun, idle, messages };
        command.SetAction(result =>
        {
            composition.RequireLocksReadable();
            return result.GetValue(messages) is { } file
                ? Tell(composition, file)
                : Reap(composition, result.GetValue(dryRun), result.GetValue(json), IdleOf("reap", result.GetValue(idle)));
        });
        return command;
    }

    /// <summary>The rule for idle leftovers, which is off where it is not asked for.</summary>
    public static Option<string> IdleOption() => new("--idle")
    {
        HelpName = "DURATION",
        Description = "Also end reusable MSBuild nodes, compiler servers and test hosts without a parent that were idle for that long",
    };

    /// <summary>Reads that option.</summary>
    /// <exception cref="GuardException">BG0005: it is no duration, or one in which nothing can be told.</exception>
    public static TimeSpan? IdleOf(string verb, string? text)
    {
        TimeSpan? idle = text is null ? null : ViewOptions.DurationOf(verb, "--idle", text);
        return idle is { TotalSeconds: < 1 }
            ? throw new GuardException(Messages.BadUsage(verb, $"--idle '{text}' is too short: expected 1s or more"))
            : idle;
    }

    /// <summary>For the tasks: what it has to say goes where the operation's helper would have said it.</summary>
    private static int Tell(Composition composition, string file)
    {
        IMessageSink messages = MessageSink.JsonLines(new AppendingWriter(file));
        composition.Reaper(messages).Reap(dead => messages.Say(MessageOf(dead)));
        return ExitCodes.Success;
    }

    private static int Reap(Composition composition, bool dryRun, bool asJson, TimeSpan? idle)
    {
        var outcome = new ReapOutcome(dryRun, composition.ShownCommands);
        GuardMessage? problem = null;
        void Note(DeadLease dead)
        {
            LeaseRecord record = composition.ShownCommands.Of(dead.Content.Record);
            IReadOnlyList<ProcessRow> left = composition.Containment.FindLeftovers(dead.Lease, dead.Content.Grant?.Container ?? "", dead.Whose);
            outcome.Leases.Add((dead with { Content = dead.Content with { Record = record } }, composition.ShownCommands.Of(left, record)));
        }

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

            outcome.Untold = outcome.Leases.Count == 0 ? UntoldProcesses.Find(composition) : [];
            if (idle is { } longest)
            {
                var reaping = new IdleReaping(composition, longest);
                outcome.Idle = reaping.Run(dryRun);
                outcome.IdleAfter = longest;
                problem = reaping.Problem;
            }
        }
        catch
        {
            outcome.IsBrokenOff = true;
            throw;
        }
        finally
        {
            // What was ended is told although something else cannot be.
            if (asJson)
            {
                Terminal.WriteJson(outcome.Write);
            }
            else
            {
                outcome.Show(Terminal.Lines);
            }
        }

        return problem is null ? ExitCodes.Success : throw new GuardException(problem);
    }

    private static GuardMessage MessageOf(DeadLease dead) =>
        Messages.Reaping(dead.Lease.Value, dead.Content.Record.Label, dead.Content.Record.Holder.Pid);
}
