using System.CommandLine;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard hooks</c>: git hooks that wait for the turn instead of piling up.</summary>
internal static class HooksVerb
{
    public static Command Command() => new("hooks", "Make this repository's pre-commit and pre-push hooks wait for the turn, whatever they run.")
    {
        Action("install", "Put the guard into the hooks; what is in them runs under it.", Install, isChange: true),
        Action("remove", "Take the guard out of the hooks: they are again as they were.", Remove, isChange: true),
        Action("status", "Show which hooks are guarded.", static (repository, _) => [.. Look(repository), .. Unused(repository)], isChange: false),
    };

    private static Command Action(string name, string help, Func<GitRepository, bool, List<HookReport>> act, bool isChange)
    {
        var json = ViewOptions.Json();
        var shared = new Option<bool>("--shared") { Description = "Also where core.hooksPath names a folder that other repositories use too" };
        var command = new Command(name, help) { json };
        if (isChange)
        {
            command.Options.Add(shared);
        }

        command.SetAction(result =>
        {
            GitRepository repository = GitRepository.Find(out GitAbsence? absence)
                ?? throw Unusable(absence!.Reason, absence.Remedy, isChange);
            List<HookReport> reports = act(repository, isChange && result.GetValue(shared));
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => Write(writer, repository, reports));
            }
            else
            {
                Show(repository, reports, isChange);
            }

            return reports.Exists(report => report.Change == Change.Kept) ? ExitCodes.Findings : ExitCodes.Success;
        });
        return command;
    }

    private static List<HookReport> Install(GitRepository repository, bool shared)
    {
        if (Obstacle(repository, shared) is { } obstacle)
        {
            throw obstacle;
        }

        List<HookReport> installed = Do(repository.Hooks, isChange: true, folder => [.. HookFolder.Names.Select(folder.Install)]);
        UnusedHooks.Note(repository);
        return installed;
    }

    /// <summary>Also out of the folders that git does not look into any more.</summary>
    private static List<HookReport> Remove(GitRepository repository, bool shared)
    {
        // What others share is only left alone when nothing else is asked.
        List<HookReport> unused = Unused(repository).FindAll(report => shared || repository.Owns(FolderOf(report)));
        List<HookReport> removed = Obstacle(repository, shared) switch
        {
            null => Do(repository.Hooks, isChange: true, folder => folder.RemoveAll()),

            // What is not to be touched, or not there, is no reason to leave the other.
            _ when unused.Count > 0 && !Look(repository).Exists(report => report.State != HookState.Unguarded) => [],
            { } obstacle => throw obstacle,
        };
        removed.AddRange(unused.GroupBy(FolderOf).SelectMany(reports => Do(reports.Key, isChange: true, folder => folder.RemoveAll()).IntersectBy(reports.Select(report => report.Name), report => report.Name)));
        UnusedHooks.Tidy(repository);
        return removed;
    }

    private static string FolderOf(HookReport report) => Path.GetDirectoryName(report.Path)!;

    private static List<HookReport> Unused(GitRepository repository)
    {
        try
        {
            return UnusedHooks.Of(repository);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"the hooks that git does not run any more cannot be read: {e.Message}", "make them readable", isChange: false);
        }
    }

    private static List<HookReport> Look(GitRepository repository) => Do(repository.Hooks, isChange: false, folder => folder.LookAtAll());

    /// <summary>Why the folder that git uses is not changed; <c>null</c> if it may be.</summary>
    private static GuardException? Obstacle(GitRepository repository, bool shared) =>
        repository.HasNoHooks ? Unusable(repository.NoHooksReason, repository.NoHooksRemedy, isChange: true)
        : !repository.OwnsHooks && !shared ? Unusable(repository.SharedReason, "add --shared if they are meant to wait for the turn in all of them", isChange: true)
        : null;

    private static List<HookReport> Do(string hooks, bool isChange, Func<HookFolder, IReadOnlyList<HookReport>> action)
    {
        var folder = new HookFolder(hooks, GuardProgram.Current);
        try
        {
            return [.. action(folder)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                $"the hooks in {hooks} cannot be {(isChange ? "changed" : "read")}: {e.Message}",
                $"make it a folder that can be {(isChange ? "written" : "read")}, or set core.hooksPath to one",
                isChange);
        }
    }

    private static GuardException Unusable(string problem, string remedy, bool isChange) =>
        new(isChange ? Messages.HooksUnusable(problem, remedy) : Messages.HooksUnreadable(problem, remedy));

    private static void Show(GitRepository repository, List<HookReport> reports, bool isChange)
    {
        if (repository.HasNoHooks && !isChange)
        {
            Terminal.Lines.WriteLine(Terminal.Safe($"None is run: {repository.NoHooksReason}. To switch them on: {repository.NoHooksRemedy}", 1000));
            return;
        }

        foreach (HookReport report in reports)
        {
            string what = (report.Change, report.State) switch
            {
                (Change.Installed, _) => "guarded now",
                (Change.Updated, _) => "guarded, its lines renewed",
                (Change.Removed, _) => "as it was before",
                (Change.Kept, _) => "left as it is",
                (_, HookState.Guarded) => isChange ? "guarded already" : "guarded",
                (_, HookState.Edited) => "edited",
                _ => "not guarded",
            };
            Terminal.Lines.WriteLine($"{Terminal.Bold(report.Name)}: {what} ({Terminal.Safe(report.Path, 400)}){(report.Remark.Length > 0 ? "; " + Terminal.Safe(report.Remark, 1000) : "")}");
            if (report.Change is Change.Installed or Change.Updated && repository.IsTracked(report.Path))
            {
                Terminal.Lines.WriteLine($"  {Terminal.Safe(report.Path, 400)} is under version control: the change shows in git status");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, GitRepository repository, List<HookReport> reports)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, OperationReport.SchemaVersion);
        json.WriteString("directory"u8, repository.Hooks);
        json.WriteString("hooksPathScope"u8, repository.HooksPathScope.Length > 0 ? repository.HooksPathScope : null);
        json.WriteBoolean("shared"u8, !repository.HasNoHooks && !repository.OwnsHooks);
        json.WriteBoolean("switchedOff"u8, repository.HasNoHooks);
        json.WriteStartArray("hooks"u8);
        foreach (HookReport report in reports)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, report.Name);
            json.WriteString("path"u8, report.Path);
            json.WriteString("state"u8, report.State.ToString().ToLowerInvariant());
            json.WriteString("change"u8, report.Change.ToString().ToLowerInvariant());
            json.WriteString("remark"u8, report.Remark.Length > 0 ? report.Remark : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
