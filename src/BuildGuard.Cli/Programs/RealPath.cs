namespace BuildGuard.Cli.Programs;

/// <summary>Where a path leads when all links on the way are followed, as realpath(3) does; what is not there may still be named.</summary>
internal static class RealPath
{
    // MAXSYMLINKS of Linux: more are a circle.
    private const int MostLinks = 40;

    /// <summary>
    /// Whether a path that somebody else wrote down leads to a file of a working tree, and names it plainly: no <c>..</c>, no root,
    /// nothing out of the tree by a link, and nothing of git's own.
    /// </summary>
    /// <param name="root">The root of the working tree.</param>
    /// <param name="path">The path, from the root.</param>
    public static bool LeadsInto(string root, string path) => Within(root, path) is not null;

    /// <summary>Where such a path leads, from the root; <c>null</c>: it does not lead into the working tree.</summary>
    /// <inheritdoc cref="LeadsInto"/>
    public static string? Within(string root, string path)
    {
        if (path.Length == 0 || Path.IsPathRooted(path) || Parts(path).Any(name => name is "" or "." or ".." || IsGit(name)))
        {
            return null;
        }

        if (Of(root) is not { } tree || Of(Path.Combine(root, path)) is not { } real)
        {
            return null;
        }

        string below = Path.TrimEndingDirectorySeparator(tree) + Path.DirectorySeparatorChar;
        return real.StartsWith(below, StringComparison.Ordinal) && !Parts(real[below.Length..]).Any(IsGit) ? real[below.Length..] : null;
    }

    private static bool IsGit(string name) => name.Equals(".git", StringComparison.OrdinalIgnoreCase);

    private static string[] Parts(string path) => path.Split('/', Path.DirectorySeparatorChar);

    /// <summary>The path without links; <c>null</c> where they form a circle.</summary>
    private static string? Of(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Names(full[real.Length..]));
        for (int links = 0; rest.TryPop(out string? name);)
        {
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            foreach (string part in Names(target))
            {
                rest.Push(part);
            }
        }

        return real;
    }

    /// <summary>The names of a path, the last one first.</summary>
    private static IEnumerable<string> Names(string path) =>
        Parts(path).Where(name => name is not ("" or ".")).Reverse();
}
