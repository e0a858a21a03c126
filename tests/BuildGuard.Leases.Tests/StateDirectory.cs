using BuildGuard.Leases;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>A state directory of one test's own, removed with it.</summary>
internal sealed class StateDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("buildguard-leases-").FullName;

    public StateLayout Layout => new(Path);

    /// <summary>The queue directly under the user's lock.</summary>
    public string Queue => Layout.NodeOf(LockName.User);

    /// <summary>What lies in the locks' directory besides the mutexes of the locks themselves, relative to it.</summary>
    public string[] Leftovers() => !Directory.Exists(Layout.Locks) ? [] : [.. Directory
        .EnumerateFileSystemEntries(Layout.Locks, "*", SearchOption.AllDirectories)
        .Select(p => System.IO.Path.GetRelativePath(Layout.Locks, p))
        .Where(p => p.Contains('/', StringComparison.Ordinal) && !(p.Count(c => c == '/') == 1 && p.EndsWith("/mutex", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal)];

    /// <summary>The same, with what each ticket says, for whoever must find out what went wrong.</summary>
    public IEnumerable<string> Describe() => Leftovers().Select(l =>
    {
        using TicketFile? file = TicketFile.Open(new UnixStateFiles(), System.IO.Path.Combine(Layout.Locks, l));
        return file?.Read() is { } content ? $"{l} [{content.State} {content.Record.Slots} {content.Record.Label} held: {file.IsHeld()}]" : l;
    });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
