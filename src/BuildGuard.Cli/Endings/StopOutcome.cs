using System.Text.Json;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Operations;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Endings;

/// <summary>What came of <c>buildguard stop</c>.</summary>
/// <param name="shown">What may be shown of command lines.</param>
internal sealed class StopOutcome(ShownCommands shown)
{
    private const int MostNamed = 10;

    /// <summary>Those that were asked to end, and those that this user may not ask.</summary>
    public List<StopTarget> Ended { get; } = [];

    /// <summary>Those that have ended because they were asked.</summary>
    private List<StopTarget> Over => Ended.FindAll(target => !target.IsAnothers && !Left.Exists(left => left.Id == target.Id));

    /// <summary>Those of others that have ended meanwhile all the same.</summary>
    private List<StopTarget> OverByThemselves => Ended.FindAll(target => target.IsAnothers && !Left.Exists(left => left.Id == target.Id));

    /// <summary>Whether this user may not end one that is left.</summary>
    private bool IsAnothers(StopTarget left) => Ended.Exists(target => target.IsAnothers && target.Id == left.Id);

    /// <summary>Those without a ticket that have.</summary>
    private List<ProcessRow> UnrecordedOver => Unrecorded.FindAll(row => !UnrecordedLeft.Exists(left => left.Identity == row.Identity));

    /// <summary>Those of them whose holders were dead before: what these left was ended, if there was anything.</summary>
    public HashSet<LeaseId> Dead { get; } = [];

    /// <summary>Those that are there nevertheless.</summary>
    public List<StopTarget> Left { get; } = [];

    /// <summary>Those that held a lease or waited for one though no ticket told of it.</summary>
    public List<ProcessRow> Unrecorded { get; } = [];

    /// <summary>Those of them that are there nevertheless.</summary>
    public List<ProcessRow> UnrecordedLeft { get; } = [];

    /// <summary>What was found besides, left by leases of which no ticket tells.</summary>
    public List<EndedProcess> Swept { get; } = [];

    /// <summary>What kept the leases from being looked through.</summary>
    public List<GuardMessage> Problems { get; } = [];

    /// <summary>Whether it is proven that nothing is left.</summary>
    public bool IsOver => Left.Count == 0 && UnrecordedLeft.Count == 0 && Problems.Count == 0;

    /// <summary>
    /// Looks at the leases, or ends them. In an emergency the state directory may be part of it; the kernel's own lists do
    /// not depend on it, so that is noted and not the end.
    /// </summary>
    public IReadOnlyList<StopTarget> Try(Func<IReadOnlyList<StopTarget>> action)
    {
        try
        {
            return action();
        }
        catch (GuardException e)
        {
            Problems.Add(e.Problem);
            return [];
        }
    }

    /// <summary>As in <c>2 leases and 3 that wait</c>.</summary>
    public static string Count(IReadOnlyList<StopTarget> targets)
    {
        int waiting = targets.Count(target => target.IsWaiting), leases = targets.Count - waiting;
        return (leases, waiting) switch
        {
            (0, _) => $"{waiting} that wait",
            (_, 0) => $"{leases} lease{(leases == 1 ? "" : "s")}",
            _ => $"{leases} lease{(leases == 1 ? "" : "s")} and {waiting} that wait",
        };
    }

    /// <summary>As in <c>2 that hold or wait with a ticket that cannot be read or is gone</c>.</summary>
    public static string Count(IReadOnlyList<ProcessRow> unrecorded) =>
        $"{unrecorded.Count} that {(unrecorded.Count == 1 ? "holds or waits" : "hold or wait")} with a ticket that cannot be read or is gone";

    /// <summary>The process that has the turn, or waits for it: the build where there is one.</summary>
    public static ProcessIdentity HolderOf(StopTarget target) => target.Record.Owner ?? target.Record.Holder;

    /// <summary>Lists them.</summary>
    public void Show(IReadOnlyList<StopTarget> targets, TextWriter output)
    {
        var table = new Table();
        foreach (StopTarget target in targets)
        {
            table.Add(
                target.IsWaiting ? "waiting" : target.Record.Kind == LeaseKind.Session ? "session" : "operation",
                $"pid {HolderOf(target).Pid}{(Dead.Contains(target.Id) ? ", dead already" : "")}",
                target.Id.Value,
                Terminal.Safe(target.Record.Label, 60));
        }

        table.WriteTo(output, "  ");
    }

    /// <summary>For people, with what to do next.</summary>
    public void Show(TextWriter output, bool wasEverything)
    {
        foreach (GuardMessage problem in Problems)
        {
            output.WriteLine(Terminal.Red(problem.ToString()));
        }

        if (Over is { Count: > 0 } over)
        {
            output.WriteLine($"Ended {Count(over)}:");
            Show(over, output);
        }

        if (OverByThemselves is { Count: > 0 } others)
        {
            output.WriteLine($"Ended by {(others.Count == 1 ? "itself" : "themselves")} meanwhile, {Count(others)} of another user, which only that user or root could have ended:");
            Show(others, output);
        }

        if (UnrecordedOver is { Count: > 0 } unrecorded)
        {
            output.WriteLine($"Ended {Count(unrecorded)}: {Names(unrecorded.Select(row => (row.Pid, row.Name)))}");
        }

        if (Swept.Count > 0)
        {
            output.WriteLine($"Ended besides, {UntoldProcesses.Count(Swept.Count)}: {Names(Swept.Select(process => (process.Pid, process.Name)))}");
        }

        if (Left.Count > 0)
        {
            output.WriteLine(Terminal.Red($"Still there, {Count(Left)}:"));
            Show(Left, output);
            if (Left.Count(IsAnothers) is > 0 and int count)
            {
                output.WriteLine($"{(count == Left.Count ? count == 1 ? "It belongs" : "They belong" : $"{count} of them belong{(count == 1 ? "s" : "")}")} to another user and could not be ended by this one.");
            }
        }

        if (UnrecordedLeft.Count > 0)
        {
            output.WriteLine(Terminal.Red($"Still there, {Count(UnrecordedLeft)}: {Names(UnrecordedLeft.Select(row => (row.Pid, row.Name)))}"));
        }

        if (Left.Count + UnrecordedLeft.Count > 0)
        {
            output.WriteLine("Next: run it again, as root for what belongs to another user. If they are new ones, first end who goes on starting them. What hangs in the kernel (state D) only a restart of the machine ends.");
            return;
        }

        if (Problems.Count > 0)
        {
            output.WriteLine(!wasEverything ? "So it is not proven that nothing of it is left." : "The leases could not be looked through, so it is not proven that nothing is left. 'buildguard doctor' says what is wrong with the state directory.");
            return;
        }

        output.WriteLine((Ended.Count + Unrecorded.Count + Swept.Count, wasEverything) switch
        {
            (0, true) => "Nothing to stop: nobody holds a lease, and nobody waits.",
            (0, false) => "Nothing to stop: there is no such lease any more.",
            (_, true) => "Nothing guarded runs any more, and nobody waits.",
            _ => "Nothing of it runs any more.",
        });
        if (Ended.Count + Unrecorded.Count + Swept.Count > 0)
        {
            output.WriteLine("Next: 'buildguard log --since 1h' shows what led here, 'buildguard check' whether the machine is fit again, 'dmesg' whether the kernel ran out of memory.");
        }
    }

    /// <summary>For programs.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("over"u8, IsOver);
        Write(json, "ended"u8, Over);
        Write(json, "endedByThemselves"u8, OverByThemselves);
        Write(json, "left"u8, Left);
        Write(json, "unrecorded"u8, shown.Of(UnrecordedOver).Select(row => (row.Pid, row.Name, row.Command)));
        Write(json, "unrecordedLeft"u8, shown.Of(UnrecordedLeft).Select(row => (row.Pid, row.Name, row.Command)));
        Write(json, "swept"u8, shown.Of(Swept).Select(process => (process.Pid, process.Name, process.Command)));
        json.WriteStartArray("problems"u8);
        foreach (GuardMessage problem in Problems)
        {
            json.WriteStringValue($"{problem.Code}: {problem.Text}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The first of them; in an emergency there may be hundreds.</summary>
    private static string Names(IEnumerable<(int Pid, string Name)> processes)
    {
        (int Pid, string Name)[] all = [.. processes];
        string named = string.Join(", ", all.Take(MostNamed).Select(process => $"{Terminal.Safe(process.Name, 20)} (pid {process.Pid})"));
        return all.Length > MostNamed ? $"{named}, and {all.Length - MostNamed} more" : named;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<(int Pid, string Name, string Command)> processes)
    {
        json.WriteStartArray(name);
        foreach ((int pid, string processName, string command) in processes)
        {
            json.WriteStartObject();
            json.WriteNumber("pid"u8, pid);
            json.WriteString("name"u8, processName);
            json.WriteString("command"u8, command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<StopTarget> targets)
    {
        json.WriteStartArray(name);
        foreach (StopTarget target in targets)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, target.Id.Value);
            json.WriteString("kind"u8, target.Record.Kind == LeaseKind.Session ? "session"u8 : "operation"u8);
            json.WriteBoolean("waiting"u8, target.IsWaiting);
            json.WriteString("label"u8, target.Record.Label);
            json.WriteNumber("pid"u8, HolderOf(target).Pid);
            json.WriteBoolean("holderAlive"u8, !Dead.Contains(target.Id));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
