using System.Runtime.InteropServices;
using BuildGuard.Diagnostics;
using static BuildGuard.Platform.Unix.UnixAppendApi;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>Writes lines to an open descriptor (1 or 2) without the start-up cost of System.Console.</summary>
/// <param name="descriptor">The file descriptor.</param>
public sealed unsafe class DescriptorWriter(int descriptor) : ILineWriter
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> line)
    {
        fixed (byte* start = line)
        {
            int done = 0;
            while (done < line.Length)
            {
                nint written = UnixAppendApi.Write(descriptor, start + done, line.Length - done);
                if (written >= 0)
                {
                    done += (int)written;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != EINTR)
                {
                    throw new OutputException(error);
                }
            }
        }
    }
}

/// <summary>Appends lines to a file that is created with the first one: <c>--messages FILE</c>.</summary>
/// <param name="path">The file.</param>
public sealed unsafe class AppendingWriter(string path) : ILineWriter
{
    private const int PrivateFile = 0x180; // 0600

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> line)
    {
        int fd = Open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, PrivateFile);
        if (fd < 0)
        {
            throw new IOException(Reason(Marshal.GetLastPInvokeError()));
        }

        try
        {
            new DescriptorWriter(fd).Write(line);
        }
        finally
        {
            _ = Close(fd);
        }
    }
}
