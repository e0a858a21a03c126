using System.CommandLine;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Init;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard init</c>: puts the guard into a repository, and takes it back.</summary>
internal static class InitVerb
{
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
            string[] services = ServicesOf(result.GetValue(ci) ?? []);
            using var turn = new RepositoryTurn(root);
            try
            {
                if (result.GetValue(yes) && !isDry)
                {
                    // Whoever is asked first lets others go ahead meanwhile.
                    turn.Take();
                }

                return result.GetValue(undo)
                    ? TakeBack(turn, root, repository, isDry, result.GetValue(yes), result.GetValue(json))
                    : PutIn(turn, new Survey(root, repository), result.GetValue(noHooks) ? null : repository, services, isDry, result.GetValue(yes), result.GetValue(json));
            }
            catch (Exception e) when (e is IOException and not OutputException or UnauthorizedAccessException)
            {
                throw new GuardException(Messages.InitFailed(e.Message, "make it writable and run it again, or take back with --undo what was written"));
            }
        });
        return command;
    }

    /// <exception cref="GuardException">BG0022: there is no working tree here, or none that git tells of.</exception>
    private static string RootOf(GitRepository? repository, GitAbsence? absence) => repository switch
    {
        null when absence is { IsNone: false } && GitRepository.RootAround(Composition.WorkingDirectory) is not null =>
            throw new GuardException(Messages.InitFailed($"git does not say what is of the repository here: {absence.Reason}", absence.Remedy)),
        null => Composition.WorkingDirectory
            ?? throw new GuardException(Messages.InitFailed("the working directory was removed", "go to the repository's directory")),
        { HasWorkingTree: true } => repository.Top,
        _ => throw new GuardException(Messages.InitFailed(
            $"there is no working tree here: {repository.CommonDirectory} is git's own directory",
            $"go to a working tree of it{(repository.Top == repository.CommonDirectory ? "" : $", as {repository.Top}")}")),
    };

    private static string[] ServicesOf(string[] named) =>
        Array.Find(named, name => !PipelineStep.Services.Contains(name)) is { } unknown
            ? throw new GuardException(Messages.BadUsage("init", $"--ci '{unknown}' cannot be understood: expected github, azure or gitlab"))
            : named;

    private static int PutIn(RepositoryTurn turn, Survey survey, GitRepository? repository, string[] services, bool dryRun, bool isSure, bool asJson)
    {
        string root = survey.Root;
        InitPlan plan = Plan(survey, services);
        HookStep hooks = HookStep.Of(repository, plan);
        List<InitLine> lines = [.. plan.Changes.Select(change => new InitLine(change.Path, change.Before is null ? "new" : "changed", change.Reason, File: change))];
        int changes = lines.Count + (hooks.Wanted.Count > 0 ? 1 : 0);
        if (changes > 0)
        {
            lines.Add(new InitLine(InitRecord.Name, File.Exists(Path.Combine(root, InitRecord.Name)) ? "changed" : "new", "what was there before, for --undo"));
        }

        if (hooks.Wanted.Count > 0)
        {
            lines.Add(new InitLine(repository!.Hooks, "hooks", $"{string.Join(" and ", hooks.Wanted.Select(hook => hook.Name))} wait{(hooks.Wanted.Count == 1 ? "s" : "")} for the turn"));
        }

        if (lines.Count > 0 && survey.Superproject is { Length: > 0 } outer)
        {
            plan.Remarks.Add($"this is a submodule of {outer}, which stays as it is: commit here what is written, and there the submodule");
        }

        if (lines.Count > 0 && !dryRun && !isSure && !Confirm(changes, () => InitOutcome.Show(root, lines, plan.Remarks, dryRun: true, asJson: false, plan.Unguarded)))
        {
            return ExitCodes.Findings;
        }

        if (!dryRun)
        {
            turn.Take();
            PlanWriter.Write(survey, plan, hooks);
            PackageStep.Check(plan, survey);
        }

        return InitOutcome.Show(root, lines, plan.Remarks, dryRun, asJson, plan.Unguarded);
    }

    private static InitPlan Plan(Survey survey, string[] services)
    {
        var plan = new InitPlan([], [], []);
        try
        {
            var query = new MSBuildQuery(survey.Root);
            IReadOnlyDictionary<string, Evaluation> answers = query.Ask(PackagePlaces.ToBeAsked(survey));
            var tests = new TestProjects(survey, answers);
            PackageStep.AddTo(plan, survey, new PackagePlaces(survey, answers, query.Problem));
            SettingsStep.AddTo(plan, survey, tests);
            RunnerStep.AddTo(plan, survey, tests);
            string[] wanted = services.Length > 0 ? services : [.. PipelineStep.UsedBy(survey)];
            PipelineStep.AddTo(plan, survey, tests, wanted);
            OtherTestsStep.AddTo(plan, survey, isWritten: wanted.Length > 0 || SettingsStep.HasMake(survey));
            return plan;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuardException(Messages.InitFailed(e.Message, "make it readable and run it again; nothing was written"));
        }
    }

    private static int TakeBack(RepositoryTurn turn, string root, GitRepository? repository, bool dryRun, bool isSure, bool asJson)
    {
        Undone planned = Undo.Do(root, repository, dryRun: true);
        int changes = planned.Lines.Count(line => !line.IsKept);
        if (changes > 0 && !dryRun && !isSure && !Confirm(changes, () => InitOutcome.Show(root, planned.Lines, planned.Remarks, dryRun: true, asJson: false)))
        {
            return ExitCodes.Findings;
        }

        if (!dryRun)
        {
            turn.Take();
        }

        Undone done = dryRun ? planned : Undo.Do(root, repository, dryRun: false);
        return InitOutcome.Show(root, done.Lines, done.Remarks, dryRun, asJson);
    }

    /// <exception cref="GuardException">BG0005: there is nobody to ask.</exception>
    private static bool Confirm(int changes, Action show)
    {
        if (!Question.CanAsk)
        {
            throw new GuardException(Messages.BadUsage("init", $"{(changes == 1 ? "1 change" : $"{changes} changes")} would be made: look at them with --dry-run, and add --yes if they are meant"));
        }

        show();
        if (Question.IsYes("Do it?"))
        {
            return true;
        }

        Terminal.Lines.WriteLine("Nothing was changed.");
        return false;
    }
}
