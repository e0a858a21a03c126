using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>Hooks that are guarded where git does not look for hooks any more, since <c>core.hooksPath</c> names another folder, or none.</summary>
internal static class UnusedHooks
{
    /// <summary>Those of a repository: in git's own folder, and in those that the guard was put into.</summary>
    public static List<HookReport> Of(GitRepository repository) =>
    [
        .. FoldersOf(repository).SelectMany(folder => GuardedIn(folder).Select(report => report with { Remark = RemarkOf(repository, folder) })),
    ];

    /// <summary>Remembers the folder that git uses, if nothing but <c>core.hooksPath</c> leads there.</summary>
    public static void Note(GitRepository repository)
    {
        if (repository.Hooks != repository.OwnHooks)
        {
            var notes = new HookNotes(repository.CommonDirectory);
            notes.Write([.. notes.Read(), repository.Hooks]);
        }
    }

    /// <summary>Forgets the folders in which nothing is guarded any more.</summary>
    public static void Tidy(GitRepository repository)
    {
        var notes = new HookNotes(repository.CommonDirectory);
        if (notes.Read() is { Count: > 0 } known)
        {
            notes.Write(known.Where(folder => GuardedIn(folder).Any()));
        }
    }

    private static IEnumerable<string> FoldersOf(GitRepository repository) =>
        new HookNotes(repository.CommonDirectory).Read().Prepend(repository.OwnHooks).Distinct().Where(folder => folder != repository.Hooks);

    private static IEnumerable<HookReport> GuardedIn(string folder) =>
        new HookFolder(folder, GuardProgram.Current).LookAtAll().Where(report => report.State != HookState.Unguarded);

    private static string RemarkOf(GitRepository repository, string folder)
    {
        string now = repository.Hooks == repository.OwnHooks
            ? $"core.hooksPath does not name {folder} any more"
            : $"core.hooksPath names {(repository.Hooks.Length > 0 ? repository.Hooks : "nothing")}";
        string shared = repository.Owns(folder) ? "" : " --shared";
        return $"not run: {now}; 'buildguard hooks remove{shared}' makes it what it was";
    }
}
