using System.Runtime.InteropServices;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>What another program said and how it ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + N if signal N ended it; 127 if it could not be started.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error; the reason if it could not be started.</param>
public readonly record struct ProgramOutcome(int ExitCode, byte[] Output, byte[] Error);

/// <summary>
/// Asks a program of the path, such as git, and waits for its end. System.Diagnostics.Process does the same for 0.7 MB of the
/// native program.
/// </summary>
public static unsafe partial class ProgramCall
{
    private const int NotStarted = 127;
    private const int SignalCodes = 128;
    private const int SIGPIPE = 13;
    private const int EINTR = 4;
    private const uint MFD_CLOEXEC = 1;
    private const short POSIX_SPAWN_SETSIGDEF = 4;

    // posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t of glibc and musl are 336, 80 and 128 bytes at most.
    private const int OpaqueBytes = 512;

    /// <summary>Runs it.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="input">Its standard input.</param>
    public static ProgramOutcome Run(IReadOnlyList<string> words, ReadOnlySpan<byte> input)
    {
        ArgumentNullException.ThrowIfNull(words);

        // Files in memory instead of pipes: nobody ever waits for somebody to read.
        int standardIn = -1;
        int standardOut = -1;
        int standardError = -1;
        nint* arguments = (nint*)NativeMemory.AllocZeroed((nuint)(words.Count + 1), (nuint)sizeof(nint));
        try
        {
            standardIn = MemoryFile(input);
            standardOut = MemoryFile([]);
            standardError = MemoryFile([]);
            for (int i = 0; i < words.Count; i++)
            {
                arguments[i] = Marshal.StringToCoTaskMemUTF8(words[i]);
            }

            int error = Spawn(arguments, standardIn, standardOut, standardError, out int pid);
            return error == 0
                ? new ProgramOutcome(WaitFor(pid), Content(standardOut), Content(standardError))
                : NotStartedFor(words[0], UnixFileApi.Reason(error));
        }
        catch (IOException e)
        {
            return NotStartedFor(words[0], e.Message);
        }
        finally
        {
            for (int i = 0; i < words.Count; i++)
            {
                Marshal.FreeCoTaskMem(arguments[i]);
            }

            NativeMemory.Free(arguments);
            Close(standardIn);
            Close(standardOut);
            Close(standardError);
        }
    }

    private static ProgramOutcome NotStartedFor(string program, string reason) =>
        new(NotStarted, [], System.Text.Encoding.UTF8.GetBytes($"{program} cannot be started: {reason}"));

    private static void Close(int file)
    {
        if (file >= 0)
        {
            _ = UnixFileApi.Close(file);
        }
    }

    private static int Spawn(nint* arguments, int standardIn, int standardOut, int standardError, out int pid)
    {
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        byte* signals = stackalloc byte[OpaqueBytes];
        _ = InitActions(actions);
        _ = AddDup2(actions, standardIn, 0);
        _ = AddDup2(actions, standardOut, 1);
        _ = AddDup2(actions, standardError, 2);

        // The runtime ignores it, and an ignored signal stays ignored across execve(2).
        _ = InitAttributes(attributes);
        _ = EmptySet(signals);
        _ = AddToSet(signals, SIGPIPE);
        _ = SetDefaultSignals(attributes, signals);
        _ = SetFlags(attributes, POSIX_SPAWN_SETSIGDEF);
        int error = Spawnp(out pid, (byte*)arguments[0], actions, attributes, (byte**)arguments, EnvironmentBlock.Environ);
        _ = DestroyActions(actions);
        _ = DestroyAttributes(attributes);
        return error;
    }

    /// <summary>The exit code, as a shell gives it.</summary>
    private static int WaitFor(int pid)
    {
        int status;
        while (Waitpid(pid, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != EINTR)
            {
                return NotStarted;
            }
        }

        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : SignalCodes + signal;
    }

    private static int MemoryFile(ReadOnlySpan<byte> content)
    {
        int file = MemfdCreate("buildguard", MFD_CLOEXEC);
        fixed (byte* start = content)
        {
            for (long done = 0; done < content.Length;)
            {
                nint written = UnixFileApi.Pwrite(file, start + done, (nint)(content.Length - done), done);
                if (written <= 0)
                {
                    throw new IOException(UnixFileApi.Reason(Marshal.GetLastPInvokeError()));
                }

                done += written;
            }
        }

        return file >= 0 ? file : throw new IOException(UnixFileApi.Reason(Marshal.GetLastPInvokeError()));
    }

    private static byte[] Content(int file)
    {
        using var content = new MemoryStream();
        byte[] part = new byte[4096];
        fixed (byte* buffer = part)
        {
            while (UnixFileApi.Pread(file, buffer, part.Length, content.Length) is var read and > 0)
            {
                content.Write(part, 0, (int)read);
            }
        }

        return content.ToArray();
    }

    /// <summary>memfd_create(2)</summary>
    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MemfdCreate(string name, uint flags);

    /// <summary>posix_spawnp(3): the error is what it returns</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static partial int Spawnp(out int pid, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    /// <summary>posix_spawn_file_actions_init(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    /// <summary>posix_spawn_file_actions_adddup2(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(byte* actions, int from, int to);

    /// <summary>posix_spawn_file_actions_destroy(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    /// <summary>posix_spawnattr_init(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    /// <summary>posix_spawnattr_setsigdefault(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(byte* attributes, byte* signals);

    /// <summary>posix_spawnattr_setflags(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    /// <summary>posix_spawnattr_destroy(3)</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    /// <summary>sigemptyset(3)</summary>
    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySet(byte* signals);

    /// <summary>sigaddset(3)</summary>
    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int AddToSet(byte* signals, int signal);

    /// <summary>waitpid(2)</summary>
    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Waitpid(int pid, out int status, int options);
}
