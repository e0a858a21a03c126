using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>What a child does on its way to becoming the command, in order.</summary>
internal static unsafe class ChildSteps
{
    /// <summary>What the steps point to; it must outlive them.</summary>
    public struct Operands
    {
        public SignalDispositions.Action ToDefault;
        public SignalDispositions.Action ToIgnored;
        public Libc.RLimit OpenFiles;
        public Libc.RLimit Mark;
        public ulong SignalMask;
        public byte Self;
    }

    /// <summary>Writes the steps before the last: groups, limits, signals; where there is a gate, it comes when all that is done.</summary>
    public static void Write(ref ChildScript script, BirthPlace place, int unifiedProcs, bool handlersAreCleared, Gate? gate, int reportPipe, Operands* operands)
    {
        byte* self = &operands->Self;
        *self = (byte)'0';

        // "0" means the writer itself. A thread that moves only itself is spared the lock over all thread groups
        // that moving another process takes.
        if (unifiedProcs >= 0)
        {
            script.Write(unifiedProcs, self, 1);
        }

        foreach (int tasks in place.TaskFiles)
        {
            script.Write(tasks, self, 1);
        }

        if (OpenFiles(place, &operands->OpenFiles))
        {
            script.Add(SystemCall.PrLimit64, 0, Libc.RLIMIT_NOFILE, (nint)(&operands->OpenFiles));
        }

        if (CanBear(place.Mark, &operands->Mark))
        {
            script.Add(SystemCall.PrLimit64, 0, Libc.RLIMIT_LOCKS, (nint)(&operands->Mark), mayFail: true);
        }

        // The signal comes when the thread that started the child ends, so only the main thread may ask for it.
        if (Libc.Syscall(SystemCall.GetTid, 0, 0, 0, 0) == Libc.GetPid())
        {
            script.Add(SystemCall.PrCtl, Libc.PR_SET_PDEATHSIG, Libc.SIGKILL);
        }

        SignalDispositions.Write(ref script, &operands->ToDefault, &operands->ToIgnored, handlersAreCleared);
        if (gate is not null)
        {
            LetGoOfLocks(ref script, gate, reportPipe);
            gate.Write(ref script, self);
            SignalDispositions.Forget(ref script, &operands->ToDefault, &operands->ToIgnored);
        }

        script.Add(SystemCall.RtSigProcMask, Libc.SIG_SETMASK, (nint)(&operands->SignalMask), 0, sizeof(ulong));
    }

    /// <summary>
    /// Closes what the command would not have either, the files of our tickets above all: a lock is given back when nobody has
    /// its file open any more.
    /// </summary>
    private static void LetGoOfLocks(ref ChildScript script, Gate gate, int reportPipe)
    {
        const int Room = 40;
        List<int> open = [];
        ProcDirectory.ReadIds("/proc/self/fd", open);
        foreach (int fd in open)
        {
            if (fd != reportPipe && !gate.IsChilds(fd) && UnixFileApi.Fcntl(fd, UnixFileApi.F_GETFD, 0) > 0 && script.Left > Room)
            {
                script.Add(SystemCall.Close, fd, mayFail: true);
            }
        }
    }

    private static bool CanBear(LeaseMark mark, Libc.RLimit* limit)
    {
        bool known = Libc.GetRLimit(Libc.RLIMIT_LOCKS, limit) == 0;
        limit->Soft = mark.Value;
        return known && limit->Soft <= limit->Hard;
    }

    private static bool OpenFiles(BirthPlace place, Libc.RLimit* limit)
    {
        if (place.OpenFiles is not { } wanted || Libc.GetRLimit(Libc.RLIMIT_NOFILE, limit) != 0)
        {
            return false;
        }

        limit->Soft = Math.Min((ulong)wanted, limit->Hard);
        if (place.OpenFilesHard)
        {
            limit->Hard = limit->Soft;
        }

        return true;
    }
}
