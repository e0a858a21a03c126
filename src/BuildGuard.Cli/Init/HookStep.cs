using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>The git hooks. Those that are guarded already are somebody's own doing, and stay when <c>init</c> is taken back.</summary>
/// <param name="Folder">Where they are; <c>null</c>: they are left alone.</param>
/// <param name="Wanted">Those that the guard is put into.</param>
internal sealed record HookStep(HookFolder? Folder, IReadOnlyList<string> Wanted)
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
        return new HookStep(folder, [.. HookFolder.Names.Where(hook => folder.Look(hook).State == HookState.Unguarded)]);
    }

    /// <summary>Puts the guard into them.</summary>
    public void Install()
    {
        foreach (string hook in Wanted)
        {
            Folder!.Install(hook);
        }
    }

    /// <summary>Takes it out of those that it was put into.</summary>
    /// <param name="recorded">Those.</param>
    /// <param name="repository">Their repository.</param>
    /// <param name="dryRun">Whether only to look.</param>
    /// <param name="lines">Gets what came of it.</param>
    /// <returns>Those that it stays in.</returns>
    public static IReadOnlyList<string> TakeBack(IReadOnlyList<string> recorded, GitRepository? repository, bool dryRun, List<InitLine> lines)
    {
        if (recorded.Count == 0 || repository is null)
        {
            return recorded;
        }

        if (!repository.OwnsHooks)
        {
            lines.Add(new InitLine("hooks", "are kept", repository.HasNoHooks ? repository.NoHooksReason : repository.SharedReason, IsKept: true));
            return recorded;
        }

        var folder = new HookFolder(repository.Hooks, GuardProgram.Current);
        string[] kept = [.. recorded.Where(hook => (dryRun ? folder.Look(hook) : folder.Remove(hook)) is { Change: Change.Kept } or { State: HookState.Edited })];
        lines.Add(new InitLine(repository.Hooks, kept.Length > 0 ? "were edited and are kept" : "as they were before", "", kept.Length > 0));
        return kept;
    }
}
