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
        _file = files.Create(path, shared);
    }

    /// <summary>Reads one; <c>null</c> if there is none.</summary>
    public static PreflightWait? Read(IStateFiles files, string path)
    {
        using LockFile? file = files.Open(path, write: false);
        if (file is null)
        {
            return null;
        }

        Span<byte> line = stackalloc byte[PreflightWait.Length];
        return PreflightWait.Decode(line[..file.Read(line, 0)]);
    }

    public void Write(PreflightWait wait) => _file.Write(wait.Encode(), 0);

    public void Dispose()
    {
        _files.Delete(_path);
        _file.Dispose();
    }
}
