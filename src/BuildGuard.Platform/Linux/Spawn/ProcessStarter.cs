using System.Runtime.InteropServices;
using System.Text;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Where and how a command is born.</summary>
internal ref struct BirthPlace
{
    /// <summary>Open <c>tasks</c> files of version 1 control groups that it enters.</summary>
    public ReadOnlySpan<int> TaskFiles;

    /// <summary>The open directory of the version 2 control group it is born in; -1 for none.</summary>
    public int UnifiedDirectory;

    /// <summary>That group's path, for kernels that cannot be told it at birth.</summary>
    public string? UnifiedPath;

    /// <summary>Open files it may have; <c>null</c> for as many as we may.</summary>
    public int? OpenFiles;

    /// <summary>Whether it cannot raise that.</summary>
    public bool OpenFilesHard;

    /// <summary>By which it and its descendants are known.</summary>
    public LeaseMark Mark;
}

/// <summary>A command that runs.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="PidFd">Its descriptor; -1 where the kernel has none.</param>
internal readonly record struct StartedProcess(int Pid, int PidFd);

/// <summary>Starts a command that is contained from its first instruction on.</summary>
internal static unsafe class ProcessStarter
{
    private const ulong CLONE_VM = 0x100;
    private const ulong CLONE_PIDFD = 0x1000;
    private const ulong CLONE_VFORK = 0x4000;
    private const ulong CLONE_CLEAR_SIGHAND = 0x1_0000_0000;
    private const ulong CLONE_INTO_CGROUP = 0x2_0000_0000;

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

    /// <summary>Starts the command.</summary>
    /// <exception cref="CommandStartException">There is no such command or it cannot be executed.</exception>
    /// <exception cref="GuardException">BG4004: the child could not be contained or made.</exception>
    public static StartedProcess Start(StartRequest request, BirthPlace place)
    {
        var environment = new EnvironmentBlock(request.Environment);
        string file = CommandLookup.Find(request.Arguments[0], environment["PATH"]);
        int error = TryStart(file, request.Arguments, environment, place, out StartedProcess started);
        if (error == Errno.ENOEXEC)
        {
            // A script without "#!": the shell runs it, as execvp(3) has it.
            error = TryStart("/bin/sh", ["/bin/sh", file, .. request.Arguments.AsSpan(1)], environment, place, out started);
        }

        return error == 0 ? started : throw CommandLookup.Refused(file, error);
    }

    /// <summary>0, or why the file could not be executed.</summary>
    private static int TryStart(
        string file, ReadOnlySpan<string> arguments, EnvironmentBlock environment, BirthPlace place, out StartedProcess started)
    {
        int pointers = arguments.Length + 1 + environment.Count + 1;
        int text = Encoding.UTF8.GetMaxByteCount(file.Length) + 1 + environment.TextBytes;
        foreach (string argument in arguments)
        {
            text += Encoding.UTF8.GetMaxByteCount(argument.Length) + 1;
        }

        byte* block = (byte*)NativeMemory.Alloc((nuint)((pointers * sizeof(byte*)) + text));
        try
        {
            byte** argv = (byte**)block;
            byte** envp = argv + arguments.Length + 1;
            byte* free = block + (pointers * sizeof(byte*));
            environment.Write(envp, free);
            free += environment.TextBytes;
            byte* path = Text(file, ref free);
            for (int i = 0; i < arguments.Length; i++)
            {
                argv[i] = Text(arguments[i], ref free);
            }

            argv[arguments.Length] = null;
            return Clone(path, argv, envp, place, out started);
        }
        finally
        {
            NativeMemory.Free(block);
        }
    }

    private static int Clone(byte* path, byte** argv, byte** envp, BirthPlace place, out StartedProcess started)
    {
        int pidfd = -1;
        int* pipe = stackalloc int[2];
        if (Libc.Pipe2(pipe, Libc.O_CLOEXEC) != 0)
        {
            throw NotMade($"no pipe can be made ({Errno.Describe(Libc.LastError)})");
        }

        bool modern = true;
        var clone = new CloneArgs
        {
            Flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
            PidFd = (ulong)(&pidfd),
            ExitSignal = Libc.SIGCHLD,
        };
        if (place.UnifiedDirectory >= 0)
        {
            clone.Flags |= CLONE_INTO_CGROUP;
            clone.Cgroup = (ulong)place.UnifiedDirectory;
        }

        int unifiedProcs = -1;
        ChildScript.Call* calls = stackalloc ChildScript.Call[ChildScript.Capacity];
        ChildScript.Report report = default;
        ChildScript.Call* execute;
        nint pid;
        ulong blocked = ulong.MaxValue;
        ChildSteps.Operands operands = default;
        _ = Libc.Syscall(SystemCall.RtSigProcMask, Libc.SIG_SETMASK, (nint)(&blocked), (nint)(&operands.SignalMask), sizeof(ulong));
        try
        {
            while (true)
            {
                var script = new ChildScript(calls);
                if (modern)
                {
                    script.Add(SystemCall.Clone3, (nint)(&clone), sizeof(CloneArgs));
                }
                else
                {
                    script.Add(SystemCall.Clone, (nint)(CLONE_VM | CLONE_VFORK | CLONE_PIDFD | Libc.SIGCHLD), 0, (nint)(&pidfd));
                }

                ChildSteps.Write(ref script, place, unifiedProcs, modern, &operands);
                execute = script.Next;
                script.Add(SystemCall.Execve, (nint)path, (nint)argv, (nint)envp);
                report = new ChildScript.Report { Pipe = pipe[1] };
                pid = ChildCode.Enter(calls, &report);
                if (pid < 0 && modern && -pid is Errno.ENOSYS or Errno.EINVAL or Errno.E2BIG)
                {
                    // A kernel before 5.7, or a sandbox that does not let clone3 through: the older call, and the
                    // child enters the version 2 group by its own first step.
                    modern = false;
                    unifiedProcs = place.UnifiedDirectory < 0
                        ? -1
                        : Libc.Open(place.UnifiedPath + "/cgroup.procs", Libc.O_WRONLY | Libc.O_CLOEXEC);
                    continue;
                }

                break;
            }
        }
        finally
        {
            _ = Libc.Syscall(SystemCall.RtSigProcMask, Libc.SIG_SETMASK, (nint)(&operands.SignalMask), 0, sizeof(ulong));
            _ = Libc.Close(pipe[1]);
            if (unifiedProcs >= 0)
            {
                _ = Libc.Close(unifiedProcs);
            }
        }

        // Closed on execution, so nothing to read means that the command runs. Read even though memory is shared:
        // emulators (qemu-user) make a copy all the same.
        nint got = 0;
        if (pid > 0)
        {
            while ((got = Libc.Read(pipe[0], &report, 16)) < 0 && Libc.LastError == Errno.EINTR)
            {
            }
        }

        _ = Libc.Close(pipe[0]);
        started = new StartedProcess((int)pid, pidfd);
        if (pid < 0)
        {
            throw NotMade($"the process cannot be made ({Errno.Describe((int)-pid)})");
        }

        if (got <= 0)
        {
            return 0;
        }

        int status;
        while (Libc.Wait4((int)pid, &status, 0, null) < 0 && Libc.LastError == Errno.EINTR)
        {
        }

        if (pidfd >= 0)
        {
            _ = Libc.Close(pidfd);
        }

        int error = (int)-report.Error;
        return report.FailedCall == execute
            ? error
            : throw NotMade($"step {report.FailedCall - calls} of entering its control groups and limits failed ({Errno.Describe(error)})");
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

    private static GuardException NotMade(string reason) =>
        new(Messages.CannotContain(reason));
}
