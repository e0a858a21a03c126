using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// A pipe into which a signal handler writes the numbers of the signals that arrive (the "self-pipe"; D. J. Bernstein,
/// 1990). From the moment it exists no signal is lost, whether somebody reads already or only later.
/// </summary>
/// <remarks>
/// <see cref="System.Runtime.InteropServices.PosixSignalRegistration"/> does the same with a thread and the handling of
/// consoles and children, which took a fifteenth of a whole <c>buildguard run true</c>. The handler is machine code,
/// because compiled C# must not run in a signal handler (see <see cref="MachineCode"/>).
/// </remarks>
internal sealed unsafe class SignalPipe : IDisposable
{
    private const nint SIG_IGN = 1;
    private const int SA_RESTART = 0x10000000;

    // Where the descriptor stands in the code for x64.
    private const int DescriptorAt = 2;

    private readonly nint _handler;
    private readonly int _read;
    private readonly int _write;
    private readonly List<(int Signal, Libc.SignalAction Before)> _replaced = [];

    /// <summary>
    /// Starts to catch signals, also those that whoever started this program had blocked; those that it was started with as
    /// ignored stay ignored, as under <c>nohup</c>.
    /// </summary>
    /// <exception cref="GuardException">BG4004: this processor or this system does not let us do it.</exception>
    public SignalPipe(params ReadOnlySpan<int> signals)
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.O_CLOEXEC) != 0)
        {
            throw new GuardException(Messages.CannotContain($"no pipe for signals ({Errno.Describe(Libc.LastError)})"));
        }

        (_read, _write) = (ends[0], ends[1]);

        // The writing end never blocks: a handler must not wait for a reader.
        _ = UnixFileApi.Fcntl(_write, UnixFileApi.F_SETFL, UnixFileApi.O_NONBLOCK);
        _handler = LoadHandler(_write);
        foreach (int signal in signals)
        {
            Libc.SignalAction before;
            Libc.SignalAction action = Handling;
            if (Libc.SigAction(signal, null, &before) == 0 && before.Handler != SIG_IGN && Libc.SigAction(signal, &action, null) == 0)
            {
                _replaced.Add((signal, before));
            }
        }

        // Once there is a handler: one that was sent before we began would end us now.
        SignalMask.Unblock(signals);
    }

    /// <summary>The end to read from, for poll(2).</summary>
    public int Descriptor => _read;

    /// <summary>Whether a signal has come that nobody has read.</summary>
    public bool IsPending
    {
        get
        {
            var end = new Libc.PollFd { Fd = _read, Events = Libc.POLLIN };
            return Libc.Poll(&end, 1, 0) > 0;
        }
    }

    /// <summary>Waits for the next signal; 0 after <see cref="Dispose"/>.</summary>
    public int Next()
    {
        byte signal = 0;
        while (Libc.Read(_read, &signal, 1) < 0 && Libc.LastError == Errno.EINTR)
        {
        }

        return signal;
    }

    private Libc.SignalAction Handling => new() { Handler = _handler, Flags = SA_RESTART };

    /// <summary>Gives the signals back for as long as something is done.</summary>
    public void Without(Action act)
    {
        ArgumentNullException.ThrowIfNull(act);
        GiveBack();
        act();
        foreach ((int signal, _) in _replaced)
        {
            Libc.SignalAction action = Handling;
            _ = Libc.SigAction(signal, &action, null);
        }
    }

    /// <summary>Gives the signals back, but blocks none again, and sends the reader away. The pipe stays: a handler may be running still.</summary>
    public void Dispose()
    {
        GiveBack();
        byte end = 0;
        _ = Libc.Write(_write, &end, 1);
    }

    private void GiveBack()
    {
        foreach ((int signal, Libc.SignalAction before) in _replaced)
        {
            Libc.SignalAction action = before;
            _ = Libc.SigAction(signal, &action, null);
        }
    }

    private static nint LoadHandler(int descriptor)
    {
        // System V AMD64: edi = the signal. A raw system call leaves errno alone.
        Span<byte> x64 =
        [
            0x57,                                     // push rdi
            0xBF, 0x00, 0x00, 0x00, 0x00,             // mov  edi, descriptor
            0x48, 0x89, 0xE6,                         // mov  rsi, rsp
            0xBA, 0x01, 0x00, 0x00, 0x00,             // mov  edx, 1
            0xB8, 0x01, 0x00, 0x00, 0x00,             // mov  eax, 1   (write)
            0x0F, 0x05,                               // syscall
            0x5F,                                     // pop  rdi
            0xC3,                                     // ret
        ];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(x64[DescriptorAt..], descriptor);

        // AAPCS64: w0 = the signal. A descriptor fits the 16 bits of a movz: pipes are opened when few files are.
        ReadOnlySpan<uint> arm64 =
        [
            0xD10043FF,                               // sub  sp, sp, #16
            0xB90003E0,                               // str  w0, [sp]
            0xD2800000 | ((uint)descriptor << 5),     // movz x0, #descriptor
            0x910003E1,                               // mov  x1, sp
            0xD2800022,                               // mov  x2, #1
            0xD2800808,                               // mov  x8, #64  (write)
            0xD4000001,                               // svc  #0
            0x910043FF,                               // add  sp, sp, #16
            0xD65F03C0,                               // ret
        ];
        void* code = MachineCode.Load(x64, arm64, out string? refusal);
        return code is null ? throw new GuardException(Messages.CannotContain(refusal!)) : (nint)code;
    }
}
