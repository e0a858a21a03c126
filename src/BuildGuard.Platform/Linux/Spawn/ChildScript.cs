using System.Runtime.InteropServices;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>What the child does before it becomes the command: system calls, in order, written by the parent.</summary>
internal unsafe ref struct ChildScript
{
    /// <summary>More than a start can need: every signal, every control group, and the rest.</summary>
    public const int Capacity = 96;

    private readonly Call* _calls;
    private int _count;

    public ChildScript(Call* calls) => _calls = calls;

    /// <summary>One system call with up to four arguments. The machine code knows this layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Call
    {
        public nint Number;
        public nint A;
        public nint B;
        public nint C;
        public nint D;
        public nint MayFail;
    }

    /// <summary>How the child says what went wrong. The machine code knows this layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Report
    {
        /// <summary>Minus the error number.</summary>
        public nint Error;

        /// <summary>The call that failed.</summary>
        public Call* FailedCall;

        /// <summary>The pipe to write the two above to.</summary>
        public nint Pipe;
    }

    /// <summary>The place of the next call, to compare with <see cref="Report.FailedCall"/>.</summary>
    public readonly Call* Next => _calls + _count;

    /// <summary>How many more calls there is room for.</summary>
    public readonly int Left => Capacity - _count;

    /// <summary>Adds a call.</summary>
    public void Add(nint number, nint a, nint b = 0, nint c = 0, nint d = 0, bool mayFail = false)
    {
        if (_count == Capacity)
        {
            throw new InvalidOperationException("The child's script is full.");
        }

        _calls[_count++] = new Call { Number = number, A = a, B = b, C = c, D = d, MayFail = mayFail ? 1 : 0 };
    }

    /// <summary>Adds a write to an open file.</summary>
    public void Write(int fd, byte* text, int length) => Add(SystemCall.Write, fd, (nint)text, length);
}
