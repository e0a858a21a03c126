using BuildGuard.Diagnostics;
using BuildGuard.Preflight;

namespace BuildGuard.Leases;

/// <summary>
/// The file in which the first one in a queue says that it waits for the machine, and for what. For viewers and those behind
/// it; nothing is decided by it.
/// </summary>
internal sealed class PreflightNotice : IDisposable
{
    private readonly IStateFiles _files;
    private readonly string _path;
    private readonly LockFile _file;

    public PreflightNotice(IStateFiles files, string path, bool shared)
    {
        _files = files;
        _path = path;
        _file = files.Create(path);
        if (shared)
        {
            _file.Publish();
        }
    }

    /// <summary>Reads one; <c>null</c> if there is none, or it cannot be read: nothing is decided by it.</summary>
    public static PreflightWait? Read(IStateFiles files, string path)
    {
        try
        {
            using LockFile? file = files.Open(path, write: false);
            Span<byte> line = stackalloc byte[PreflightWait.Length];
            return file is null ? null : PreflightWait.Decode(line[..file.Read(line, 0)]);
        }
        catch (GuardException)
        {
            return null;
        }
    }

    public void Write(PreflightWait wait) => _file.Write(wait.Encode(), 0);

    public void Dispose()
    {
        _files.Delete(_path);
        _file.Dispose();
    }
}
