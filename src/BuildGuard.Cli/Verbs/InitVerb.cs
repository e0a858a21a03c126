using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Init;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard init</c>: puts the guard into a repository, and takes it back.</summary>
internal static class InitVerb
{
    private const int MaxRemark = 1000;

    /// <summary>What came of a file.</summary>
    private sealed record Line(string Path, string Change, string Reason, bool IsKept = false, FileChange? File = null);

    public static Command Command()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be done, and what would be in the files" };
        var undo = new Option<bool>("--undo") { Description = "Take back what was written; files changed since are kept" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask first" };
        var noHooks = new Option<bool>("--no-hooks") { Description = "Leave the git hooks alone" };
        var ci = new Option<string[]>("--ci") { HelpName = "SERVICE", Description = "Steps for github, azure or gitlab (repeatable); those in use by default" };
        ci.CompletionSources.Add([.. PipelineStep.Services]);
        var json = ViewOptions.Json();
        var command = new Command("init", "Put the guard into this repository: package reference, settings, test runners, CI, hooks, make. What is there stays.") { dryRun, undo, yes, ci, noHooks, json };
        command.SetAction(result =>
        {
            GitRepository? repository = GitRepository.Find(out GitAbsence? absence);
            string root = RootOf(repository, absence);
            bool isDry = result.GetValue(dryRun);
            try
            {
                return result.GetValue(undo)
                    ? Show(root, TakeBack(root, repository, isDry), [], isDry, result.GetValue(json))
                    : PutIn(new Survey(root, repository), result.GetValue(noHooks) ? null : repository, ServicesOf(result.GetValue(ci) ?? []), isDry, result.GetValue(yes), result.GetValue(json));
            }
            catch (Exception e) when (e is IOException and not OutputException or UnauthorizedAccessException)
            {
                throw new GuardException(Messages.InitFailed(e.Message.TrimEnd('.'), "make it writable and run it again, or take back with --undo what was written"));
            }
        });
        return command;
    }

    /// <exception cref="GuardException">BG0022: there is no working tree here, or none that git tells of.</exception>
    private static string RootOf(GitRepository? repository, GitAbsence? absence) => repository switch
    {
        null when absence is { IsNone: false } && IsInRepository(Composition.WorkingDirectory) =>
            throw new GuardException(Messages.InitFailed($"git does not say what is of the repository here: {absence.Reason}", absence.Remedy)),
        null => Composition.WorkingDirectory
            ?? throw new GuardException(Messages.InitFailed("the working directory was removed", "go to the repository's directory")),
        { HasWorkingTree: true } => repository.Top,
        _ => throw new GuardException(Messages.InitFailed($"there is no working tree here: {repository.CommonDirectory} is git's own directory", "go to a working tree of it")),
    };

    private static bool IsInRepository(string? directory) =>
        directory is not null && (Path.Exists(Path.Combine(directory, ".git")) || IsInRepository(Path.GetDirectoryName(directory)));

    private static string[] ServicesOf(string[] named) =>
        Array.Find(named, name => !PipelineStep.Services.Contains(name)) is { } unknown
            ? throw new GuardException(Messages.BadUsage("init", $"--ci '{unknown}' cannot be understood: expected github, azure or gitlab"))
            : named;

    private static int PutIn(Survey survey, GitRepository? repository, string[] services, bool dryRun, bool isSure, bool asJson)
    {
        string root = survey.Root;
        InitPlan plan = Plan(survey, services);
        bool wantsHooks = WantsHooks(repository, plan);
        List<Line> lines = [.. plan.Changes.Select(change => new Line(change.Path, change.Before is null ? "new" : "changed", change.Reason, File: change))];
        int changes = lines.Count + (wantsHooks ? 1 : 0);
        if (changes > 0)
        {
            lines.Add(new Line(InitRecord.Name, File.Exists(Path.Combine(root, InitRecord.Name)) ? "changed" : "new", "what was there before, for --undo"));
        }

        if (wantsHooks)
        {
            lines.Add(new Line(repository!.Hooks, "hooks", "pre-commit and pre-push wait for the turn"));
        }

        bool isAsked = lines.Count > 0 && !dryRun && !isSure;
        if (isAsked && !StandardStreams.IsTerminal(0))
        {
            throw new GuardException(Messages.BadUsage("init", $"{(changes == 1 ? "1 change" : $"{changes} changes")} would be made: look at them with --dry-run, and add --yes if they are meant"));
        }

        if (isAsked)
        {
            Show(root, lines, plan.Remarks, dryRun: true, asJson: false);
            Terminal.Lines.Write("Do it? [y/N] ");
            if (Console.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            {
                return ExitCodes.GuardFailed;
            }
        }

        if (!dryRun)
        {
            Write(root, plan, wantsHooks ? repository : null);
            PackageStep.Check(plan, survey);
        }

        return Show(root, lines, plan.Remarks, dryRun, asJson, plan.Unguarded);
    }

    private static InitPlan Plan(Survey survey, string[] services)
    {
        var plan = new InitPlan([], [], []);
        PackageStep.AddTo(plan, survey);
        SettingsStep.AddTo(plan, survey);
        RunnerStep.AddTo(plan, survey);
        PipelineStep.AddTo(plan, survey, services.Length > 0 ? services : PipelineStep.UsedBy(survey));
        return plan;
    }

    private static bool WantsHooks(GitRepository? repository, InitPlan plan)
    {
        if (repository is null)
        {
            return false;
        }

        if (repository.HasNoHooks)
        {
            plan.Remarks.Add($"{repository.NoHooksReason}; to have them wait for the turn: {repository.NoHooksRemedy}, then 'buildguard hooks install'");
            return false;
        }

        if (!repository.OwnsHooks)
        {
            plan.Remarks.Add($"{repository.SharedReason}; see 'buildguard hooks install --shared'");
            return false;
        }

        var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
        return HookFolder.Names.Any(hook => folder.Look(hook).State == HookState.Unguarded);
    }

    private static void Write(string root, InitPlan plan, GitRepository? repository)
    {
        InitRecord record = InitRecord.Read(root);
        foreach (FileChange change in plan.Changes)
        {
            // First the record: what is written and not known could not be taken back.
            record.Add(change);
            record.Write(root);
            string path = Path.Combine(root, change.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ForeignFile.Write(ForeignFile.Behind(path), ByteText.ToBytes(change.After));
        }

        if (repository is not null)
        {
            var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
            (record with { HasHooks = true }).Write(root);
            foreach (string hook in HookFolder.Names)
            {
                folder.Install(hook);
            }
        }
    }

    private static List<Line> TakeBack(string root, GitRepository? repository, bool dryRun)
    {
        InitRecord record = InitRecord.Read(root);
        List<Line> lines = [.. Undo.Do(root, record, dryRun).Select(done => new Line(done.Path, done.Change, "", done.IsKept))];
        bool keepsHooks = record.HasHooks;
        if (record.HasHooks && repository is { OwnsHooks: false })
        {
            lines.Add(new Line("hooks", "are kept", repository.HasNoHooks ? repository.NoHooksReason : repository.SharedReason, IsKept: true));
        }
        else if (record.HasHooks && repository is not null)
        {
            var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
            HookReport[] hooks = [.. HookFolder.Names.Select(hook => dryRun ? folder.Look(hook) : folder.Remove(hook))];
            keepsHooks = Array.Exists(hooks, hook => hook.Change == Change.Kept);
            lines.Add(new Line(repository.Hooks, keepsHooks ? "were edited and are kept" : "as they were before", "", keepsHooks));
        }

        if (!dryRun)
        {
            (record with { HasHooks = keepsHooks }).Write(root);
        }

        return lines;
    }

    private static int Show(string root, List<Line> lines, List<string> remarks, bool dryRun, bool asJson, List<string>? unguarded = null)
    {
        if (asJson)
        {
            Terminal.WriteJson(json => Write(json, root, lines, remarks, dryRun, unguarded ?? []));
        }
        else
        {
            var table = new Table();
            foreach (Line line in lines)
            {
                table.Add(line.Change, Terminal.Bold(line.Path), Terminal.Faint(line.Reason));
            }

            Terminal.Lines.WriteLine(lines.Count == 0 ? $"Nothing to do in {root}." : $"{(dryRun ? "To be done" : "Done")} in {root}:");
            table.WriteTo(Terminal.Lines, "  ");
            if (dryRun)
            {
                ShowContents([.. lines.Select(line => line.File).OfType<FileChange>()]);
            }

            remarks.ForEach(remark => Terminal.Lines.WriteLine(Terminal.Safe($"Note: {remark}", MaxRemark)));
            if (unguarded is { Count: > 0 })
            {
                Terminal.Lines.WriteLine($"Note: not guarded: {InitPlan.Count(unguarded)}{(unguarded.Count > 1 ? "; --json names them" : "")}");
            }
        }

        return lines.Exists(line => line.IsKept) ? ExitCodes.Findings : ExitCodes.Success;
    }

    private static void ShowContents(FileChange[] changes)
    {
        Terminal.Lines.Write(changes.Length > 0 ? "\n" : "");
        foreach (FileChange change in changes)
        {
            Terminal.Lines.WriteLine(Terminal.Bold(Terminal.Safe(change.Path)));
            FileDiff.Of(change).ForEach(line => Terminal.Lines.WriteLine($"  {line}"));
            Terminal.Lines.WriteLine();
        }
    }

    private static void Write(Utf8JsonWriter json, string root, List<Line> lines, List<string> remarks, bool dryRun, List<string> unguarded)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteBoolean("dryRun"u8, dryRun);
        json.WriteString("root"u8, root);
        json.WriteStartArray("changes"u8);
        foreach (Line line in lines)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, line.Path);
            json.WriteString("change"u8, line.Change);
            json.WriteString("reason"u8, line.Reason);
            json.WriteBoolean("kept"u8, line.IsKept);
            json.WriteString("content"u8, line.File is { } file ? ByteText.ToText(file.After) : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks"u8);
        remarks.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteStartArray("unguarded"u8);
        unguarded.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
