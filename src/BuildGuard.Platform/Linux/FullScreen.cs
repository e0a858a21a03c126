using System.Text;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;
using static BuildGuard.Platform.Unix.TerminalApi;

namespace BuildGuard.Platform.Linux;

/// <summary>What a wait of <see cref="FullScreen"/> ended with.</summary>
public enum ScreenEvent
{
    /// <summary>The time passed.</summary>
    None,

    /// <summary>A key: see <see cref="FullScreen.Key"/>.</summary>
    Key,

    /// <summary>The terminal has another size, or was left and come back to.</summary>
    Resized,

    /// <summary>A signal asks to end: see <see cref="FullScreen.Signal"/>. Also the end of the terminal.</summary>
    Stopped,
}

/// <summary>
/// The terminal as a screen of our own: its alternate screen, keys without Enter, no cursor. What it was before is restored
/// when this is disposed, also after a signal, and while the program is stopped by Ctrl+Z.
/// </summary>
public sealed unsafe class FullScreen : IDisposable
{
    private const int SIGHUP = 1;
    private const int SIGINT = 2;
    private const int SIGQUIT = 3;
    private const int SIGTERM = 15;
    private const int SIGSTOP = 19;
    private const int SIGTSTP = 20;
    private const int SIGWINCH = 28;

    /// <summary>Alternate screen, no cursor, no wrapping at the edge: xterm's control sequences.</summary>
    private static readonly byte[] s_enter = "\e[?1049h\e[?25l\e[?7l\e[2J"u8.ToArray();

    private static readonly byte[] s_leave = "\e[0m\e[?7h\e[?25h\e[?1049l"u8.ToArray();

    private readonly SignalPipe _signals = new(SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH);
    private readonly DescriptorWriter _output = new(StandardStreams.Out);
    private readonly Queue<char> _keys = [];
    private readonly Attributes _before;
    private IReadOnlyList<string> _shown = [];

    /// <summary>Takes the terminal of standard input and output.</summary>
    /// <exception cref="Diagnostics.GuardException">BG4004: signals cannot be caught here.</exception>
    public FullScreen()
    {
        fixed (Attributes* before = &_before)
        {
            _ = GetAttributes(0, before);
        }

        Enter();
    }

    /// <summary>The key Up.</summary>
    public const char Up = '\uE000';

    /// <summary>The key Down.</summary>
    public const char Down = '\uE001';

    /// <summary>The last key; a key that means nothing here is NUL.</summary>
    public char Key { get; private set; }

    /// <summary>The signal that asks to end; 0 if the terminal is gone.</summary>
    public int Signal { get; private set; }

    /// <summary>Whether standard input and output are a terminal that can be one.</summary>
    public static bool IsPossible => StandardStreams.IsTerminal(0) && StandardStreams.IsTerminal(StandardStreams.Out)
        && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null or "");

    /// <summary>Columns and rows; 80 and 24 where the terminal does not tell.</summary>
    public static (int Width, int Height) Size
    {
        get
        {
            WindowSize size = default;
            return GetWindowSize(StandardStreams.Out, TIOCGWINSZ, &size) == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : (80, 24);
        }
    }

    /// <summary>Shows lines, from the top. Only those that changed are written.</summary>
    /// <exception cref="OutputException">The terminal is gone.</exception>
    public void Show(IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var text = new StringBuilder();
        for (int i = 0; i < Math.Max(lines.Count, _shown.Count); i++)
        {
            string line = i < lines.Count ? lines[i] : "";
            if (i >= _shown.Count || line != _shown[i])
            {
                // Erased first: at the last column of a full line an erasing to its end would take its last character.
                text.Append($"\e[{i + 1};1H\e[0m\e[2K{line}");
            }
        }

        _shown = lines;
        if (text.Length > 0)
        {
            _output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    /// <summary>Sleeps until something happens, at most that long.</summary>
    public ScreenEvent Wait(TimeSpan timeout)
    {
        if (_keys.Count == 0)
        {
            Libc.PollFd* ends = stackalloc Libc.PollFd[2];
            ends[0] = new Libc.PollFd { Fd = 0, Events = Libc.POLLIN };
            ends[1] = new Libc.PollFd { Fd = _signals.Descriptor, Events = Libc.POLLIN };
            if (Libc.Poll(ends, 2, (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue)) <= 0)
            {
                return ScreenEvent.None;
            }

            if (ends[1].Revents != 0)
            {
                return Take(_signals.Next());
            }

            if (!ReadKeys())
            {
                return ScreenEvent.Stopped;
            }
        }

        Key = _keys.TryDequeue(out char key) ? key : '\0';
        return ScreenEvent.Key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave();
        _signals.Dispose();
    }

    private ScreenEvent Take(int signal)
    {
        switch (signal)
        {
            case SIGWINCH:
                break;
            case SIGTSTP:
                Leave();
                _ = Libc.Kill(Libc.GetPid(), SIGSTOP);
                Enter();
                break;
            default:
                Signal = signal;
                return ScreenEvent.Stopped;
        }

        _shown = [];
        _output.Write("\e[0m\e[2J"u8);
        return ScreenEvent.Resized;
    }

    /// <summary>Reads what was typed; <c>false</c>: the terminal is gone.</summary>
    private bool ReadKeys()
    {
        byte* buffer = stackalloc byte[64];
        nint length = Libc.Read(0, buffer, 64);
        if (length <= 0)
        {
            return length < 0 && Libc.LastError == Errno.EINTR;
        }

        var typed = new ReadOnlySpan<byte>(buffer, (int)length);
        while (!typed.IsEmpty)
        {
            // Arrows come as ESC [ A or ESC O A, as the terminal was told last.
            bool isArrow = typed is [0x1B, (byte)'[' or (byte)'O', _, ..];
            _keys.Enqueue(isArrow ? typed[2] switch { (byte)'A' => Up, (byte)'B' => Down, _ => '\0' } : typed[0] is >= 0x20 and < 0x7F or 0x1B ? (char)typed[0] : '\0');
            typed = typed[(isArrow ? 3 : 1)..];
        }

        return true;
    }

    private void Enter()
    {
        Attributes raw = _before;
        raw.Local &= ~(ICANON | ECHO);
        raw.Characters[VMIN] = 1;
        raw.Characters[VTIME] = 0;
        _ = SetAttributes(0, TCSAFLUSH, &raw);
        _output.Write(s_enter);
    }

    private void Leave()
    {
        try
        {
            _output.Write(s_leave);
        }
        catch (OutputException)
        {
            // The terminal is gone; nobody looks at it any more.
        }

        Attributes before = _before;
        _ = SetAttributes(0, TCSAFLUSH, &before);
    }
}
