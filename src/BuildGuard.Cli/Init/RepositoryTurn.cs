using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Init;

/// <summary>The right to change a repository: one <c>init</c> at a time, so that each sees what the one before has written.</summary>
/// <param name="root">The root of the repository.</param>
internal sealed class RepositoryTurn(string root) : IDisposable
{
    private DirectoryLock? _lock;

    /// <summary>Waits for it, and says so. Where there is none to be had, what is written is still compared with what was planned for.</summary>
    public void Take() => _lock ??= DirectoryLock.Take(
        root,
        () => StandardStreams.WriteLine(StandardStreams.Error, $"buildguard: waiting for another 'buildguard init' in {root}"));

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();
}
