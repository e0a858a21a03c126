using System.Runtime.InteropServices;
using BuildGuard.Containment;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Unix;

/// <summary>Lets another program take this one's place: same process, same descriptors, same signals.</summary>
public static unsafe partial class ProgramReplacement
{
    private const int SIGPIPE = 13;
    private const nint SIG_DFL = 0;

    /// <summary>Becomes the command. Does not return.</summary>
    /// <exception cref="CommandStartException">It was not found or cannot be started.</exception>
    public static void Become(IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        nint* arguments = (nint*)NativeMemory.AllocZeroed((nuint)(command.Count + 1), (nuint)sizeof(nint));
        byte[][]? given = ArgumentBytes.Of([.. command]);
        for (int i = 0; i < command.Count; i++)
        {
            arguments[i] = given is null ? Marshal.StringToCoTaskMemUTF8(command[i]) : Copy(given[i]);
        }

        // The runtime ignores it, and an ignored signal stays ignored across execve(2).
        Signal(SIGPIPE, SIG_DFL);
        _ = Execvp((byte*)arguments[0], (byte**)arguments);
        int error = Marshal.GetLastPInvokeError();
        throw new CommandStartException(UnixFileApi.Reason(error), error == UnixFileApi.ENOENT);
    }

    private static nint Copy(byte[] bytes)
    {
        nint start = Marshal.AllocCoTaskMem(bytes.Length + 1);
        Marshal.Copy(bytes, 0, start, bytes.Length);
        Marshal.WriteByte(start, bytes.Length, 0);
        return start;
    }

    /// <summary>signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    /// <summary>execvp(3)</summary>
    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true)]
    private static partial int Execvp(byte* file, byte** arguments);
}
