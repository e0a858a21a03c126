using System.Runtime.InteropServices;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Which signals were ignored when this program started, so that the command inherits that and nothing else.</summary>
/// <remarks>
/// A handler becomes the default by itself when the command is executed; only "ignored" is inherited. The runtime has
/// set SIGPIPE to ignored before any code of ours runs, and what it was before cannot be read back: the command gets
/// the default, as from a shell, unless it runs on behalf of the parent (<see cref="InheritPipeFrom"/>). A signal ignored
/// at the start (SIGHUP under <c>nohup</c>) for which somebody here registered a handler since is set back to ignored.
/// </remarks>
internal static unsafe class SignalDispositions
{
    private const int LastOrdinarySignal = 31;
    private const int LastSignal = 64;
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    private static ulong s_ignoredAtStart;
    private static bool s_captured;

    /// <summary>The kernel's own structure (<c>rt_sigaction(2)</c>), which differs from the C library's.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Action
    {
        public nint Handler;
        public nuint Flags;
        public nint Restorer;
        public ulong Mask;
    }

    /// <summary>Remembers what is ignored now. Call it before anybody registers a signal handler.</summary>
    public static void Capture()
    {
        if (s_captured)
        {
            return;
        }

        // Only the ordinary signals: nobody ignores a real-time one, and this is on the way to every start.
        for (int signal = 1; signal <= LastOrdinarySignal; signal++)
        {
            if (signal != Libc.SIGPIPE && HandlerOf(signal) == SIG_IGN)
            {
                s_ignoredAtStart |= 1UL << signal;
            }
        }

        if (IsIgnoredAtStart(Libc.SIGCHLD))
        {
            // The kernel would throw the command's exit status away.
            var action = new Action { Handler = SIG_DFL };
            _ = Libc.Syscall(SystemCall.RtSigAction, Libc.SIGCHLD, (nint)(&action), 0, sizeof(ulong));
        }

        s_captured = true;
    }

    /// <summary>
    /// Takes SIGPIPE from the process that started us, for commands that run on its behalf: .NET, which ignores it, hands
    /// that on to whatever it starts, so that there "yes | head -n 1" ends with an error of yes and not with a signal.
    /// </summary>
    public static void InheritPipeFrom(int parent)
    {
        Span<byte> status = stackalloc byte[4096];
        int length = ProcFile.Read($"/proc/{parent}/status", status);
        ReadOnlySpan<byte> name = "\nSigIgn:\t"u8;
        int at = length <= 0 ? -1 : status[..length].IndexOf(name);
        if (at >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(status[(at + name.Length)..length], out ulong ignored, out _, 'x')
            && (ignored & (1UL << (Libc.SIGPIPE - 1))) != 0)
        {
            s_ignoredAtStart |= 1UL << Libc.SIGPIPE;
        }
    }

    /// <summary>Writes the calls that give the child its dispositions.</summary>
    /// <param name="script">The child's script.</param>
    /// <param name="toDefault">Memory for one structure, valid until the child has started.</param>
    /// <param name="toIgnored">The same.</param>
    /// <param name="handlersAreCleared">Whether the kernel has set handlers to the default already.</param>
    public static void Write(ref ChildScript script, Action* toDefault, Action* toIgnored, bool handlersAreCleared)
    {
        *toDefault = new Action { Handler = SIG_DFL };
        *toIgnored = new Action { Handler = SIG_IGN };
        int last = handlersAreCleared ? LastOrdinarySignal : LastSignal;
        for (int signal = 1; signal <= last; signal++)
        {
            nint now = HandlerOf(signal);
            nint wanted = signal <= LastOrdinarySignal && IsIgnoredAtStart(signal) ? SIG_IGN : SIG_DFL;
            bool isHandler = now is not (SIG_DFL or SIG_IGN);

            // The parent's handler must not run in the child between unblocking signals and becoming the command.
            if (isHandler && wanted == SIG_DFL ? !handlersAreCleared : now != wanted)
            {
                script.Add(SystemCall.RtSigAction, signal, (nint)(wanted == SIG_IGN ? toIgnored : toDefault), 0, sizeof(ulong));
            }
        }
    }

    /// <summary>
    /// Writes the calls that throw away what was sent to the child while it waited: a signal that is ignored for a moment is no
    /// longer pending. Whoever is started at its turn has none either.
    /// </summary>
    public static void Forget(ref ChildScript script, Action* toDefault, Action* toIgnored)
    {
        foreach (int signal in (ReadOnlySpan<int>)[1, 2, 3, 10, 12, 14, 15, 20, 21, 22])
        {
            if (!IsIgnoredAtStart(signal))
            {
                script.Add(SystemCall.RtSigAction, signal, (nint)toIgnored, 0, sizeof(ulong));
                script.Add(SystemCall.RtSigAction, signal, (nint)toDefault, 0, sizeof(ulong));
            }
        }
    }

    private static bool IsIgnoredAtStart(int signal) => (s_ignoredAtStart & (1UL << signal)) != 0;

    private static nint HandlerOf(int signal)
    {
        Action action;
        return Libc.Syscall(SystemCall.RtSigAction, signal, 0, (nint)(&action), sizeof(ulong)) == 0 ? action.Handler : SIG_DFL;
    }
}
