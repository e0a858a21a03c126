namespace BuildGuard.Cli.Programs;

/// <summary>Where a path leads when all links on the way are followed, as realpath(3) does; what is not there may still be named.</summary>
internal static class RealPath
{
    // MAXSYMLINKS of Linux: more are a circle.
    private const int MostLinks = 40;

    /// <summary>Whether a path that somebody else wrote down leads to something inside a folder, and names it plainly: no <c>..</c>, no root.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">The path, from the folder.</param>
    public static bool LeadsInside(string folder, string path)
    {
        if (path.Length == 0 || Path.IsPathRooted(path) || path.Split('/', Path.DirectorySeparatorChar).Any(name => name is "" or "." or ".."))
        {
            return false;
        }

        return Of(folder) is { } inside && Of(Path.Combine(folder, path))?.StartsWith(Path.TrimEndingDirectorySeparator(inside) + Path.DirectorySeparatorChar, StringComparison.Ordinal) == true;
    }

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
        path.Split('/', Path.DirectorySeparatorChar).Where(name => name is not ("" or ".")).Reverse();
}
