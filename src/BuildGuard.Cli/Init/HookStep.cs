using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>The git hooks. Those that are guarded already are somebody's own doing, and stay when <c>init</c> is taken back.</summary>
/// <param name="Folder">Where they are; <c>null</c>: they are left alone.</param>
/// <param name="Wanted">Those that the guard is put into.</param>
/// <param name="Repository">Whose they are; <c>null</c>: they are left alone.</param>
internal sealed record HookStep(HookFolder? Folder, IReadOnlyList<WrittenHook> Wanted, GitRepository? Repository = null)
{
    private static readonly HookStep None = new(null, []);

    /// <summary>Looks at a repository.</summary>
    public static HookStep Of(GitRepository? repository, InitPlan plan)
    {
        if (repository is null)
        {
            return None;
        }

        if (repository.HasNoHooks)
        {
            plan.Remarks.Add($"{repository.NoHooksReason}; to have them wait for the turn: {repository.NoHooksRemedy}, then 'buildguard hooks install'");
            return None;
        }

        if (!repository.OwnsHooks)
        {
            plan.Remarks.Add($"{repository.SharedReason}; see 'buildguard hooks install --shared'");
            return None;
        }

        var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
        return new HookStep(folder, [.. WrittenHook.In(repository, repository.Hooks, HookFolder.Names.Where(hook => folder.Look(hook).State == HookState.Unguarded))], repository);
    }

    /// <summary>Puts the guard into them.</summary>
    public void Install()
    {
        foreach (WrittenHook hook in Wanted)
        {
            Folder!.Install(hook.Name);
        }

        if (Wanted.Count > 0)
        {
            UnusedHooks.Note(Repository!);
        }
    }

    /// <summary>Takes it out of those that it was put into, where they are; git may take its hooks from elsewhere by now.</summary>
    /// <param name="root">The root of the working tree.</param>
    /// <param name="recorded">Those.</param>
    /// <param name="repository">What git tells of it; <c>null</c>: nothing.</param>
    /// <param name="dryRun">Whether only to look.</param>
    /// <param name="lines">Gets what came of it.</param>
    /// <returns>Those that it stays in.</returns>
    public static IReadOnlyList<WrittenHook> TakeBack(string root, IReadOnlyList<WrittenHook> recorded, GitRepository? repository, bool dryRun, List<InitLine> lines)
    {
        var kept = new List<WrittenHook>();
        foreach (IGrouping<string?, WrittenHook> hooks in recorded.Where(hook => repository is not null || !hook.IsOfGit).GroupBy(hook => hook.FolderIn(root, repository)))
        {
            if (hooks.Key is not { } path)
            {
                lines.Add(new InitLine("hooks", "are kept", ReasonOf(hooks.First(), repository), IsKept: true));
                kept.AddRange(hooks);
                continue;
            }

            var folder = new HookFolder(path, GuardProgram.Current);
            WrittenHook[] edited =
            [
                .. hooks.Where(hook => folder.FilesOf(hook.Name).Select(name => dryRun ? folder.Look(name) : folder.Remove(name)).ToArray()
                    .Any(report => report is { Change: Change.Kept } or { State: HookState.Edited })),
            ];
            lines.Add(new InitLine(path, edited.Length > 0 ? "were edited and are kept" : "as they were before", "", edited.Length > 0));
            kept.AddRange(edited);
        }

        if (!dryRun && repository is not null)
        {
            UnusedHooks.Tidy(repository);
        }

        return kept;
    }

    private static string ReasonOf(WrittenHook hook, GitRepository? repository) =>
        hook.Folder.Length > 0 ? $"{hook.Folder} is no folder of this repository"
        : repository is null ? "git finds no repository here"
        : repository.HasNoHooks ? repository.NoHooksReason
        : repository.SharedReason;
}
