using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>A hook that the guard was put into. git may take its hooks from elsewhere by now, so the folder is known with it.</summary>
/// <param name="Folder">
/// Its folder: from the root of the working tree, or with <c>.git</c> in front from git's own directory, which working trees share.
/// Empty, in a record of before it was known: the one that git uses.
/// </param>
/// <param name="Name">Its name.</param>
internal sealed record WrittenHook(string Folder, string Name)
{
    private const string Git = ".git";

    /// <summary>Those of a folder that is the repository's alone.</summary>
    public static IEnumerable<WrittenHook> In(GitRepository repository, string folder, IEnumerable<string> names)
    {
        string from = IsBelow(folder, repository.CommonDirectory)
            ? Path.Combine(Git, Path.GetRelativePath(repository.CommonDirectory, folder))
            : Path.GetRelativePath(repository.Top, folder);
        return names.Select(name => new WrittenHook(from.Replace('\\', '/'), name));
    }

    /// <summary>Reads one; <c>null</c>: it is none of those that the guard is put into.</summary>
    public static WrittenHook? Read(string text)
    {
        int slash = text.LastIndexOf('/');
        return HookFolder.Names.Contains(text[(slash + 1)..]) ? new WrittenHook(text[..Math.Max(slash, 0)], text[(slash + 1)..]) : null;
    }

    /// <summary>Whether it went with git's own directory, where there is none any more.</summary>
    public bool IsOfGit => Folder.StartsWith(Git + "/", StringComparison.Ordinal);

    /// <summary>Its folder, links resolved; <c>null</c>: none that is the repository's own. The record may come from anybody.</summary>
    /// <param name="root">The root of the working tree.</param>
    /// <param name="repository">What git tells of it; <c>null</c>: nothing.</param>
    public string? FolderIn(string root, GitRepository? repository)
    {
        if (Folder.Length == 0)
        {
            return repository is { OwnsHooks: true } ? repository.Hooks : null;
        }

        string? from = IsOfGit ? repository?.CommonDirectory : root;
        return from is not null && RealPath.Within(from, IsOfGit ? Folder[(Git.Length + 1)..] : Folder) is { } real ? Path.Combine(from, real) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Folder.Length == 0 ? Name : $"{Folder}/{Name}";

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
}
