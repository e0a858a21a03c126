using System.CommandLine;
using System.Text.Json;
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
        Action("install", "Put the guard into the hooks; what is in them runs under it.", static folder => folder.Install, mayShare: true),
        Action("remove", "Take the guard out of the hooks: they are again as they were.", static folder => folder.Remove, mayShare: true),
        Action("status", "Show which hooks are guarded.", static folder => folder.Look, mayShare: false),
    };

    private static Command Action(string name, string help, Func<HookFolder, Func<string, HookReport>> action, bool mayShare)
    {
        var json = ViewOptions.Json();
        var shared = new Option<bool>("--shared") { Description = "Also where core.hooksPath names a folder that other repositories use too" };
        var command = new Command(name, help) { json };
        if (mayShare)
        {
            command.Options.Add(shared);
        }

        command.SetAction(result =>
        {
            GitRepository repository = GitRepository.Find(out GitAbsence? absence)
                ?? throw Unusable(absence!.Reason, absence.Remedy, isChange: mayShare);
            if (mayShare && repository.HasNoHooks)
            {
                throw Unusable(repository.NoHooksReason, repository.NoHooksRemedy, isChange: true);
            }

            if (mayShare && !repository.OwnsHooks && !result.GetValue(shared))
            {
                throw Unusable(repository.SharedReason, "add --shared if they are meant to wait for the turn in all of them", isChange: true);
            }

            List<HookReport> reports = Do(repository, action, isChange: mayShare);
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => Write(writer, repository, reports));
            }
            else
            {
                Show(repository, reports, isChange: mayShare);
            }

            return reports.Exists(report => report.Change == Change.Kept) ? ExitCodes.Findings : ExitCodes.Success;
        });
        return command;
    }

    private static List<HookReport> Do(GitRepository repository, Func<HookFolder, Func<string, HookReport>> action, bool isChange)
    {
        var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
        try
        {
            return [.. HookFolder.Names.Select(action(folder))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                $"the hooks in {repository.Hooks} cannot be {(isChange ? "changed" : "read")}: {e.Message}",
                $"make it a folder that can be {(isChange ? "written" : "read")}, or set core.hooksPath to one",
                isChange);
        }
    }

    private static GuardException Unusable(string problem, string remedy, bool isChange) =>
        new(isChange ? Messages.HooksUnusable(problem, remedy) : Messages.HooksUnreadable(problem, remedy));

    private static void Show(GitRepository repository, List<HookReport> reports, bool isChange)
    {
        if (repository.HasNoHooks)
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
            Terminal.Lines.WriteLine($"{Terminal.Bold(report.Name)}: {what} ({report.Path}){(report.Remark.Length > 0 ? "; " + report.Remark : "")}");
            if (report.Change is Change.Installed or Change.Updated && repository.IsTracked(report.Path))
            {
                Terminal.Lines.WriteLine($"  {report.Path} is under version control: the change shows in git status");
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
