using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Doctor;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Schedules;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Idling;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard doctor</c>: what can be had here, what is wrong, and what would help. Exit 0 fine, 1 findings.</summary>
internal static class DoctorVerb
{
    public static Command Command(Composition composition)
    {
        var json = ViewOptions.Json();
        var command = new Command("doctor", "Show what containment, limits and state directory are available here, and how to get better ones. Exit code 1: something was found.") { json };
        command.SetAction(result =>
        {
            Examination examination = Examination.Of(composition);
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => ExaminationJson.Write(writer, examination));
            }
            else
            {
                Show(examination, Terminal.Lines);
            }

            return examination.Findings.Count == 0 ? ExitCodes.Success : ExitCodes.Findings;
        });
        return command;
    }

    private static void Show(Surroundings around, TextWriter output)
    {
        output.WriteLine(Terminal.Bold("Repository"));
        if (around.Root.Length == 0)
        {
            output.WriteLine("  git finds none here, so there are no versions to compare");
            output.WriteLine();
        }
        else
        {
            var references = new Table();
            references.Add("root", around.Root);
            foreach (VersionReference one in around.References)
            {
                references.Add(Terminal.Safe(one.File), one.Version.Length > 0 ? Terminal.Safe(one.Version) : "its version stands elsewhere", one.Remark);
            }

            references.WriteTo(output, "  ");
            if (around.References.Count == 0)
            {
                output.WriteLine("  no project references the package; 'buildguard init' adds it");
            }

            if (around.Unseen.Length > 0)
            {
                output.WriteLine($"  not looked at: {around.Unseen}");
            }

            output.WriteLine($"  git hooks: {(around.NoHooks.Length > 0 ? Terminal.Safe(around.NoHooks, 1000) : HooksText(around.Hooks))}");

            output.WriteLine();
        }

        output.WriteLine(Terminal.Bold("Locks"));
        var locks = new Table();
        foreach (LockUse one in around.Locks ?? [])
        {
            locks.Add(
                one.Name,
                one.Leases + one.Waiting + one.Unreadable.Count == 0 ? "free" : $"{one.Leases} held, {one.Waiting} waiting{(one.Unreadable.Count > 0 ? $", {one.Unreadable.Count} unreadable" : "")}",
                Terminal.Safe(string.Join(", ", one.Users)),
                one.Versions.Count > 0 ? Terminal.Safe("BuildGuard " + string.Join(", ", one.Versions)) : "",
                one.Elsewhere > 0 ? $"{one.Elsewhere} of them in another PID namespace, as in a container: their pids mean nothing here" : "");
        }

        locks.WriteTo(output, "  ");
        if (locks.IsEmpty)
        {
            output.WriteLine(around.Locks is null ? "  not looked at: see the findings" : "  none has been used yet");
        }

        output.WriteLine();
        output.WriteLine(Terminal.Bold("Leftovers"));
        output.WriteLine(around.Schedules.Count == 0
            ? "  nothing reaps from time to time; 'buildguard schedule install' does"
            : $"  reaped from time to time by {string.Join(", ", around.Schedules.Select(one => one.Kind + (one.State == ScheduleState.Edited ? " (edited since)" : "") + (one.Missing.Length > 0 ? $" ({one.Missing})" : "")))}");
        var tools = new Table();
        foreach (IdleTool one in around.Tools)
        {
            tools.Add(
                one.Process.Row.Pid.ToString(),
                one.Process.Kind.ToText(),
                Size.ToText(one.Process.Row.MemoryBytes),
                $"{Duration.ToAge(one.Process.Age)} old",
                one.Process.IsInUse ? "in use" : one.Idle > TimeSpan.Zero ? $"idle for {Duration.ToAge(one.Idle)}" : "");
        }

        tools.WriteTo(output, "  ");
        if (!tools.IsEmpty)
        {
            output.WriteLine("  builds leave these for the next one; 'buildguard reap --idle 10m' ends those that do nothing");
        }

        output.WriteLine();
    }

    private static string HooksText(IReadOnlyList<HookReport> hooks) => hooks.All(hook => hook.State == HookState.Unguarded)
        ? "not guarded; 'buildguard hooks install' makes them wait for the turn"
        : string.Join(", ", hooks.Select(hook => $"{hook.Name} {hook.State.ToString().ToLowerInvariant()}{(hook.Remark.Length > 0 ? $" ({Terminal.Safe(hook.Remark, 400)})" : "")}"));

    private static void Show(Examination examination, TextWriter output)
    {
        output.WriteLine($"buildguard {CommandTree.Version}");
        output.WriteLine();
        output.WriteLine(Terminal.Bold("Containment"));
        output.WriteLine($"  {examination.Rung?.ToName() ?? "unknown"}");
        foreach (RungRefusal refusal in examination.Refusals)
        {
            output.WriteLine($"  not {refusal.Rung.ToName()}: {refusal.Reason}");
            if (refusal.Remedy.Length > 0)
            {
                output.WriteLine($"      to get it: {refusal.Remedy}");
            }
        }

        output.WriteLine();
        output.WriteLine(Terminal.Bold("Machine"));
        var machine = new Table();
        machine.Add("usable memory", Size.ToText(examination.Facts.UsableMemoryBytes), $"{Size.ToText(examination.State.FreeMemoryBytes)} free");
        machine.Add("cores", examination.Facts.Cores.ToString());
        machine.Add("load", examination.State.Load?.ToString("0.00") ?? "unknown");
        machine.Add("clock", JsonTime.Format(examination.Now), examination.ClockRemark);
        machine.Add("state directory", examination.StateDirectory, $"{Size.ToText(examination.StateFreeBytes)} free");
        machine.WriteTo(output, "  ");
        output.WriteLine();
        output.WriteLine(Terminal.Bold("Settings"));
        var settings = new Table();
        foreach (SettingInput input in examination.Settings)
        {
            settings.Add(input.Setting.Name(), Terminal.Safe(input.Text), Terminal.Faint(input.Source));
        }

        settings.WriteTo(output, "  ");
        output.WriteLine();
        Show(examination.Around, output);
        output.WriteLine(examination.Findings.Count == 0 ? Terminal.Green("Nothing was found.") : Terminal.Red("Findings"));
        foreach (GuardMessage finding in examination.Findings)
        {
            output.WriteLine($"  {finding.Code}: {finding.Text}");
            output.WriteLine(Terminal.Faint($"      {finding.HelpLink}"));
        }
    }
}
