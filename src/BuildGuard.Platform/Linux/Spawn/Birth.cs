using System.Runtime.InteropServices;
using System.Text;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>One child on its way from <c>clone(2)</c> to <c>execve(2)</c>, in memory that both share until then.</summary>
internal sealed unsafe class Birth : IDisposable
{
    private const ulong CLONE_VM = 0x100;
    private const ulong CLONE_PIDFD = 0x1000;
    private const ulong CLONE_VFORK = 0x4000;
    private const ulong CLONE_CLEAR_SIGHAND = 0x1_0000_0000;
    private const ulong CLONE_INTO_CGROUP = 0x2_0000_0000;

    private readonly Shared* _shared;
    private readonly byte* _path;
    private readonly byte** _argv;
    private readonly byte** _envp;
    private int _pipe = -1;
    private nint _pid;
    private int _pidFd = -1;

    /// <summary>Writes down what is to be executed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="arguments">Its arguments, its own name first.</param>
    /// <param name="environment">Its variables.</param>
    public Birth(string file, ReadOnlySpan<string> arguments, EnvironmentBlock environment)
    {
        int pointers = arguments.Length + 1 + environment.Count + 1;
        int text = Encoding.UTF8.GetMaxByteCount(file.Length) + 1 + environment.TextBytes;
        foreach (string argument in arguments)
        {
            text += Encoding.UTF8.GetMaxByteCount(argument.Length) + 1;
        }

        _shared = (Shared*)NativeMemory.Alloc((nuint)(sizeof(Shared) + ScriptBytes + (pointers * sizeof(byte*)) + text));
        *_shared = default;
        _argv = (byte**)((byte*)(_shared + 1) + ScriptBytes);
        _envp = _argv + arguments.Length + 1;
        byte* free = (byte*)(_argv + pointers);
        environment.Write(_envp, free);
        free += environment.TextBytes;
        byte[][]? given = ArgumentBytes.Of(arguments);
        try
        {
            _path = given is null ? Text(file, ref free) : Bytes(ArgumentBytes.OfFile(file, arguments[0], given[0]), ref free);
            for (int i = 0; i < arguments.Length; i++)
            {
                _argv[i] = given is null ? Text(arguments[i], ref free) : Bytes(given[i], ref free);
            }
        }
        catch
        {
            NativeMemory.Free(_shared);
            throw;
        }

        _argv[arguments.Length] = null;
    }

    /// <summary>The child.</summary>
    public StartedProcess Process => new((int)_pid, _pidFd);

    private static int ScriptBytes => ChildScript.Capacity * sizeof(ChildScript.Call);

    private ChildScript.Call* Calls => (ChildScript.Call*)(_shared + 1);

    /// <summary>
    /// Makes the child. With a gate it stops there before its last step, while we go on; <c>false</c>: this kernel cannot
    /// do that.
    /// </summary>
    /// <exception cref="GuardException">BG4004: it cannot be made.</exception>
    public bool Begin(BirthPlace place, Gate? gate = null)
    {
        int* pipe = stackalloc int[2];
        if (Libc.Pipe2(pipe, Libc.O_CLOEXEC) != 0)
        {
            throw NotMade($"no pipe can be made ({Errno.Describe(Libc.LastError)})");
        }

        _pipe = pipe[0];
        _shared->Report.Pipe = pipe[1];
        int unifiedProcs = -1;
        ulong mask = SignalMask.BlockAll();
        _shared->Operands.SignalMask = SignalMask.OfCommand(mask);
        try
        {
            _pid = Clone(place, gate, unifiedProcs, modern: true);
            if (_pid < 0 && gate is null && -_pid is Errno.ENOSYS or Errno.EINVAL or Errno.E2BIG)
            {
                // A kernel before 5.7, or a sandbox that does not let clone3 through: the older call, and the child
                // enters the version 2 group by its own first step.
                unifiedProcs = place.UnifiedDirectory < 0
                    ? -1
                    : Libc.Open(place.UnifiedPath + "/cgroup.procs", Libc.O_WRONLY | Libc.O_CLOEXEC);
                _pid = Clone(place, null, unifiedProcs, modern: false);
            }
        }
        finally
        {
            SignalMask.Set(mask);
            _ = Libc.Close(pipe[1]);
            if (unifiedProcs >= 0)
            {
                _ = Libc.Close(unifiedProcs);
            }
        }

        if (_pid > 0)
        {
            return true;
        }

        return gate is null ? throw NotMade($"the process cannot be made ({Errno.Describe((int)-_pid)})") : false;
    }

    /// <summary>Waits for the child's last step. 0: the command runs; else why its file could not be executed, and no child is left.</summary>
    /// <exception cref="GuardException">BG4004: a step before that failed.</exception>
    public int Finish()
    {
        // Closed on execution, so nothing to read means that the command runs. Read even though memory is shared:
        // emulators (qemu-user) make a copy all the same.
        ChildScript.Report report;
        nint got;
        while ((got = Libc.Read(_pipe, &report, 16)) < 0 && Libc.LastError == Errno.EINTR)
        {
        }

        if (got <= 0)
        {
            return 0;
        }

        Collect();
        int error = (int)-report.Error;
        return report.FailedCall == Calls + _shared->LastStep
            ? error
            : throw NotMade($"step {report.FailedCall - Calls} of entering its control groups and limits failed ({Errno.Describe(error)})");
    }

    /// <summary>Waits for the end of a child that was killed, or ends by itself.</summary>
    public void Collect()
    {
        int status;
        while (Libc.Wait4((int)_pid, &status, 0, null) < 0 && Libc.LastError == Errno.EINTR)
        {
        }

        if (_pidFd >= 0)
        {
            _ = Libc.Close(_pidFd);
            _pidFd = -1;
        }
    }

    /// <summary>Lets go of the memory: no child may still be on its way.</summary>
    public void Dispose()
    {
        if (_pipe >= 0)
        {
            _ = Libc.Close(_pipe);
        }

        NativeMemory.Free(_shared);
    }

    private nint Clone(BirthPlace place, Gate? gate, int unifiedProcs, bool modern)
    {
        var script = new ChildScript(Calls);
        if (modern)
        {
            _shared->Clone = new CloneArgs
            {
                Flags = CLONE_VM | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | (gate is null ? CLONE_VFORK : 0),
                PidFd = (ulong)(&_shared->PidFd),
                ExitSignal = Libc.SIGCHLD,
            };
            if (place.UnifiedDirectory >= 0)
            {
                _shared->Clone.Flags |= CLONE_INTO_CGROUP;
                _shared->Clone.Cgroup = (ulong)place.UnifiedDirectory;
            }

            script.Add(SystemCall.Clone3, (nint)(&_shared->Clone), sizeof(CloneArgs));
        }
        else
        {
            script.Add(SystemCall.Clone, (nint)(CLONE_VM | CLONE_VFORK | CLONE_PIDFD | Libc.SIGCHLD), 0, (nint)(&_shared->PidFd));
        }

        ChildSteps.Write(ref script, place, unifiedProcs, modern, gate, (int)_shared->Report.Pipe, &_shared->Operands);
        _shared->LastStep = (int)(script.Next - Calls);
        script.Add(SystemCall.Execve, (nint)_path, (nint)_argv, (nint)_envp);
        _shared->PidFd = -1;
        nint pid = ChildCode.Enter(Calls, &_shared->Report);
        _pidFd = _shared->PidFd;
        return pid;
    }

    private static byte* Text(string text, ref byte* free)
    {
        byte* start = free;
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new CommandStartException("An argument holds a null character.", notFound: false);
        }

        free += Encoding.UTF8.GetBytes(text, new Span<byte>(start, Encoding.UTF8.GetMaxByteCount(text.Length)));
        *free++ = 0;
        return start;
    }

    /// <summary>Never more than their text takes: each byte that is none of a character became one of three bytes there.</summary>
    private static byte* Bytes(ReadOnlySpan<byte> bytes, ref byte* free)
    {
        byte* start = free;
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
        free += bytes.Length;
        *free++ = 0;
        return start;
    }

    private static GuardException NotMade(string reason) =>
        new(Messages.CannotContain(reason));

    /// <summary>clone3(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArgs
    {
        public ulong Flags;
        public ulong PidFd;
        public ulong ChildTid;
        public ulong ParentTid;
        public ulong ExitSignal;
        public ulong Stack;
        public ulong StackSize;
        public ulong Tls;
        public ulong SetTid;
        public ulong SetTidSize;
        public ulong Cgroup;
    }

    /// <summary>What the child works on beside the script behind it.</summary>
    private struct Shared
    {
        public CloneArgs Clone;
        public ChildScript.Report Report;
        public ChildSteps.Operands Operands;
        public int PidFd;
        public int LastStep;
    }
}
