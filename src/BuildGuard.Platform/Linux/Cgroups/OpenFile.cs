using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>A file of a group that is opened when it is first asked and then read again and again.</summary>
internal sealed class OpenFile(Cgroup group, string name) : IDisposable
{
    private const int NotYet = -2;

    private int _fd = NotYet;

    /// <summary>The descriptor; -1 if the file cannot be opened.</summary>
    public int Descriptor
    {
        get
        {
            if (_fd == NotYet)
            {
                _fd = group.Open(name);
            }

            return _fd;
        }
    }

    /// <summary>The whole text as it is now; empty if it cannot be read.</summary>
    public ReadOnlySpan<byte> Read(Span<byte> buffer) => ProcFile.Again(Descriptor, buffer);

    /// <summary>The number it starts with; -1 if there is none.</summary>
    public long Number() => ProcFile.Number(Descriptor);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
        }

        _fd = -1;
    }
}
