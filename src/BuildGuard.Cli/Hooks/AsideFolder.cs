using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>
/// Where hooks are kept that the lines cannot be put into: programs, links, scripts of other languages. It stands beside
/// the folder of hooks, at the same depth, with links to everything else that is in there: a hook that looks at its own
/// name, or for files beside itself, finds what it always found.
/// </summary>
internal sealed class AsideFolder(string hooks)
{
    private const string Ignore = ".gitignore";

    /// <summary>Its path.</summary>
    public string Path { get; } = hooks + ".buildguard";

    /// <summary>Its path from the folder of hooks.</summary>
    public string FromHooks => "../" + System.IO.Path.GetFileName(Path);

    /// <summary>Where a hook is kept.</summary>
    public string Of(string hook) => System.IO.Path.Combine(Path, hook);

    /// <summary>Whether a hook is kept.</summary>
    public bool Has(string hook) => new FileInfo(Of(hook)) is { Exists: true } or { LinkTarget: not null } && !IsLinkOfOurs(Of(hook));

    /// <summary>Whether the hook that is kept is still the one in its place, too: something ended between the two steps.</summary>
    public bool IsInPlace(string hook)
    {
        var kept = new FileInfo(Of(hook));
        var there = new FileInfo(System.IO.Path.Combine(hooks, hook));
        return kept.LinkTarget is not null || there.LinkTarget is not null
            ? kept.LinkTarget == there.LinkTarget
            : kept.Exists && there.Exists && ByteText.Read(kept.FullName) == ByteText.Read(there.FullName);
    }

    /// <summary>Takes a copy of a hook, which stays until it is replaced: at no time is there none.</summary>
    public void Take(string hook)
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, Ignore), "*\n");
        foreach (string entry in Directory.EnumerateFileSystemEntries(hooks))
        {
            string name = System.IO.Path.GetFileName(entry);
            string link = Of(name);
            if (name != hook && !System.IO.Path.Exists(link) && new FileInfo(link).LinkTarget is null)
            {
                File.CreateSymbolicLink(link, TargetOf(name));
            }
        }

        string fresh = Of($".{hook}-{Environment.ProcessId}");
        string there = System.IO.Path.Combine(hooks, hook);
        if (new FileInfo(there).LinkTarget is { } target)
        {
            File.CreateSymbolicLink(fresh, target);
        }
        else
        {
            File.Copy(there, fresh);
        }

        if (IsLinkOfOurs(Of(hook)))
        {
            File.Delete(Of(hook));
        }

        try
        {
            // Another installation at the same time may have been faster: then what we copied may be its hook.
            File.Move(fresh, Of(hook), overwrite: false);
        }
        catch (IOException) when (Has(hook))
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Gives a hook back, in the place of whatever stands there.</summary>
    /// <param name="hook">Its name.</param>
    /// <param name="name">The name of the file that ran it.</param>
    public void GiveBack(string hook, string name) => File.Move(Of(hook), System.IO.Path.Combine(hooks, name), overwrite: true);

    /// <summary>Goes, if nothing is kept any more.</summary>
    public void Tidy()
    {
        if (!Directory.Exists(Path) || Directory.EnumerateFileSystemEntries(Path).Any(entry => System.IO.Path.GetFileName(entry) != Ignore && !IsLinkOfOurs(entry)))
        {
            return;
        }

        Directory.Delete(Path, recursive: true);
    }

    private bool IsLinkOfOurs(string path) => new FileInfo(path).LinkTarget == TargetOf(System.IO.Path.GetFileName(path));

    private string TargetOf(string name) => $"../{System.IO.Path.GetFileName(hooks)}/{name}";
}
