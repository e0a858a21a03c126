using System.Globalization;
using System.Text;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Taker;

/// <summary>
/// Says independently of the lease tree how many hold at once: of as many lock files as there are slots each holder must
/// get one. They are opened before any ticket, and the kernel closes a dead process's descriptors from the lowest up,
/// so that a killed holder's witness is free before its ticket is.
/// </summary>
internal sealed class Witness
{
    private readonly LockFile[] _files;
    private readonly FileStream? _log;
    private LockFile? _held;

    public Witness(string? path, string? log, int slots)
    {
        var files = new UnixStateFiles();
        _files = path is null ? [] : [.. Enumerable.Range(0, slots).Select(i => files.OpenOrCreate($"{path}.{i}", shared: false))];
        _log = log is null ? null : new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
    }

    public void Enter(LeaseId lease)
    {
        _held = Array.Find(_files, f => f.TryLockExclusive());
        Note(_files.Length == 0 || _held is not null ? "enter" : "VIOLATION", lease);
    }

    public void Leave(LeaseId lease)
    {
        Note("leave", lease);
        _held?.Unlock();
        _held = null;
    }

    /// <summary>One write of one line at the end of the file: lines of several processes do not mix.</summary>
    public void Note(string what, LeaseId lease) => _log?.Write(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {Environment.ProcessId} {lease}\n")));
}
