using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// What a program that was started ahead of time is to do: arguments, environment and working directory, as if it had been
/// started with them. They come through a FIFO, once.
/// </summary>
/// <remarks>
/// Four bytes, little endian: the length of what follows. Then texts, each ended by a zero byte: the working directory, the
/// number of arguments, the arguments, and each variable as <c>NAME=VALUE</c>. fifo(7): what fits into the pipe is written
/// without waiting for a reader, so who asks never waits.
/// </remarks>
public sealed unsafe class StandbyRequest
{
    /// <summary>The most that may follow the length, in bytes: what a pipe holds (pipe(7)) less the length itself.</summary>
    public const int LargestBody = 65536 - sizeof(int);

    /// <summary>Every so often, in milliseconds, it is asked whether who would ask is still there: its end alone wakes nobody when it never opened the FIFO.</summary>
    private const int AskAgain = 1000;

    // Both point into a body that is never freed: the environment is made of it.
    private readonly nint _directory;
    private readonly List<nint> _variables;

    private StandbyRequest(nint directory, string[] arguments, List<nint> variables) =>
        (_directory, Arguments, _variables) = (directory, arguments, variables);

    /// <summary>The program's arguments.</summary>
    public string[] Arguments { get; }

    /// <summary>Sleeps until the request is there. The FIFO's name is gone when this returns.</summary>
    /// <param name="file">The FIFO, which the parent holds open.</param>
    /// <param name="parent">Who asks.</param>
    /// <param name="request">The request.</param>
    /// <returns>What is wrong with it; empty when nothing is; <c>null</c>: the parent closed the FIFO or ended, and asks nothing.</returns>
    public static string? Await(string file, ParentProcess parent, out StandbyRequest? request)
    {
        ArgumentNullException.ThrowIfNull(parent);
        request = null;
        int fd = UnixFileApi.Open(file, UnixFileApi.O_RDONLY | UnixFileApi.O_NONBLOCK | UnixFileApi.O_NOFOLLOW | UnixFileApi.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return $"'{file}' cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        }

        try
        {
            _ = UnixFileApi.Unlink(file);
            byte[] length = new byte[sizeof(int)];
            int came = Fill(fd, parent, length);
            if (came == 0)
            {
                return null;
            }

            request = came == sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(length) is > 0 and <= LargestBody and int size
                ? Read(fd, parent, size)
                : null;
            return request is null ? "what came through the FIFO is no request" : "";
        }
        finally
        {
            _ = UnixFileApi.Close(fd);
        }
    }

    /// <summary>Makes the environment what was asked for.</summary>
    public void TakeEnvironment()
    {
        _ = EnvironmentApi.ClearEnv();
        foreach (nint variable in _variables)
        {
            _ = EnvironmentApi.PutEnv((byte*)variable);
        }
    }

    /// <summary>Goes to the working directory that was asked for.</summary>
    /// <exception cref="CommandStartException">It is not there, or may not be entered.</exception>
    public void EnterDirectory()
    {
        if (EnvironmentApi.ChDir((byte*)_directory) != 0)
        {
            throw new CommandStartException(
                $"its working directory: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", notFound: false);
        }
    }

    private static StandbyRequest? Read(int fd, ParentProcess parent, int size)
    {
        byte* body = (byte*)NativeMemory.Alloc((nuint)size);
        var bytes = new Span<byte>(body, size);
        if (Fill(fd, parent, bytes) == size && Parse(body, bytes) is { } request)
        {
            return request;
        }

        NativeMemory.Free(body);
        return null;
    }

    private static StandbyRequest? Parse(byte* body, ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        if (Next(bytes, ref position) is not { } directory
            || Next(bytes, ref position) is not { } count
            || !int.TryParse(bytes[count], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number > bytes.Length)
        {
            return null;
        }

        string[] arguments = new string[number];
        for (int i = 0; i < number; i++)
        {
            if (Next(bytes, ref position) is not { } argument)
            {
                return null;
            }

            arguments[i] = Encoding.UTF8.GetString(bytes[argument]);
        }

        List<nint> variables = [];
        while (Next(bytes, ref position) is { } variable)
        {
            variables.Add((nint)(body + variable.Start.Value));
        }

        return position == bytes.Length ? new StandbyRequest((nint)(body + directory.Start.Value), arguments, variables) : null;
    }

    /// <summary>Where the next text stands, without the zero byte behind it; <c>null</c>: there is none.</summary>
    private static Range? Next(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = position, length = bytes[position..].IndexOf((byte)0);
        if (length < 0)
        {
            return null;
        }

        position += length + 1;
        return start..(start + length);
    }

    /// <summary>How many bytes came before who writes them was gone.</summary>
    private static int Fill(int fd, ParentProcess parent, Span<byte> bytes)
    {
        var source = new Libc.PollFd { Fd = fd, Events = Libc.POLLIN };
        int filled = 0;
        while (filled < bytes.Length)
        {
            fixed (byte* start = bytes)
            {
                nint read = Libc.Read(fd, start + filled, (nuint)(bytes.Length - filled));
                if (read > 0)
                {
                    filled += (int)read;
                    continue;
                }
            }

            // Without a writer a read returns at once, and so it does before one has opened the FIFO.
            if (Libc.Poll(&source, 1, AskAgain) > 0 ? (source.Revents & Libc.POLLIN) == 0 : parent.IsGone)
            {
                break;
            }
        }

        return filled;
    }
}
