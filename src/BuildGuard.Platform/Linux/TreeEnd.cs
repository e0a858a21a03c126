using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Linux;

/// <summary>Ends a set of processes that may fork while it is being ended, and returns when it is proven empty.</summary>
internal sealed class TreeEnd(LinuxProcessTable table)
{
    /// <summary>How long what is left may survive SIGKILL before we give up: 10 s. Only uninterruptible sleep does.</summary>
    private const int PatienceMilliseconds = 10_000;

    /// <summary>
    /// How many are described before they are ended: that takes longer than ending them, and of a horde one is like the
    /// other. Of the rest the ids are told.
    /// </summary>
    public const int MostDescribed = 64;

    // Descriptors that we hold at once, well below the usual limit of 1,024.
    private const int BatchSize = 256;

    private readonly List<EndedProcess> _ended = [];
    private readonly HashSet<(int Pid, long StartTime)> _seen = [];
    private readonly HashSet<int> _told = [];

    /// <summary>Looks for the processes that still run.</summary>
    public required Func<IReadOnlyCollection<int>> Find { get; init; }

    /// <summary>Whether the process that has this id now is one of them.</summary>
    public required Func<int, bool> IsMember { get; init; }

    /// <summary>Some of them, found more quickly than all.</summary>
    public Func<int, IReadOnlyCollection<int>> Glance { get; init; } = static _ => [];

    /// <summary>Keeps them from forking and kills what can be killed in one stroke; called once, if there is anything to end.</summary>
    public Action Strike { get; init; } = static () => { };

    /// <summary>Those of the collected that had not ended by themselves.</summary>
    public IReadOnlyCollection<int> Killed { get; init; } = [];

    /// <summary>Collects what has ended.</summary>
    public Action Reap { get; init; } = static () => { };

    /// <summary>
    /// Hunts those that are in no list because they live shorter than it takes to read one: each hands on to a child and
    /// ends. Called when a look found nobody; whether there may still be any.
    /// </summary>
    public Func<bool> Chase { get; init; } = static () => false;

    /// <summary>Whether they must be stopped first, because nothing else keeps them from forking faster than they are found.</summary>
    public bool StopFirst { get; init; }

    /// <summary>Empty looks in a row that prove it: one where the kernel keeps the list, two where it is put together by looking.</summary>
    public int Proof { get; init; } = 1;

    /// <summary>The command itself, which is ended but not reported.</summary>
    public int Command { get; init; }

    /// <summary>Ends them.</summary>
    /// <exception cref="GuardException">BG4003: for ten seconds nothing more could be ended.</exception>
    public IReadOnlyList<EndedProcess> Run()
    {
        long deadline = Environment.TickCount64 + PatienceMilliseconds;
        int left = int.MaxValue;
        bool wasRefused = false;
        if (Glance(MostDescribed) is { Count: > 0 } some)
        {
            Note(some);
            Strike();
        }

        for (int round = 0, empty = 0; empty < Proof; round++)
        {
            Reap();
            int refusals = ProcFile.Refusals;
            IReadOnlyCollection<int> found = Find();
            if (found.Count == 0)
            {
                bool chased = Chase();
                bool refused = ProcFile.Refusals != refusals;
                empty = chased || refused ? 0 : empty + 1;
                if (empty == 0 && Environment.TickCount64 > deadline)
                {
                    throw refused ? Blind() : Stuck(found);
                }

                if (refused)
                {
                    Thread.Sleep(1);
                }

                continue;
            }

            empty = 0;
            int seen = _seen.Count;
            Note(found);
            if (seen == 0)
            {
                Strike();
            }

            if (StopFirst)
            {
                found = StopAll(found);
                Note(found);
            }

            // Patience is for what does not die, not for a long way to the last of many.
            if (_seen.Count > seen || found.Count < left)
            {
                deadline = Environment.TickCount64 + PatienceMilliseconds;
            }
            else if (Environment.TickCount64 > deadline)
            {
                throw wasRefused ? Blind() : Stuck(found);
            }

            left = found.Count;
            KillAll(found, round);
            wasRefused = ProcFile.Refusals != refusals;
        }

        _ended.AddRange(Killed.Where(IsNews).Select(Nameless));
        return _ended;
    }

    /// <summary>Stops all of them, and those that they forked meanwhile, so that nobody is left to fork; returns all.</summary>
    private IReadOnlyCollection<int> StopAll(IReadOnlyCollection<int> found)
    {
        HashSet<int> stopped = [];
        long deadline = Environment.TickCount64 + PatienceMilliseconds;
        while (Environment.TickCount64 < deadline)
        {
            bool news = false;
            foreach (int pid in found)
            {
                if (stopped.Add(pid) && Target.Take(pid, IsMember) is { } target)
                {
                    news = true;
                    _ = target.Signal(Libc.SIGSTOP);
                    target.Release();
                }
            }

            if (!news)
            {
                break;
            }

            found = Find();
        }

        return found;
    }

    private void KillAll(IReadOnlyCollection<int> found, int round)
    {
        foreach (int[] batch in found.Chunk(BatchSize))
        {
            List<Target> killed = [];
            foreach (int pid in batch)
            {
                if (Target.Take(pid, IsMember) is not { } target)
                {
                    continue;
                }

                if (round > 0)
                {
                    Freezer.Thaw(pid);
                }

                _ = target.Signal(Libc.SIGKILL);
                killed.Add(target);
            }

            Target.Await(killed, 50);
            killed.ForEach(static target => target.Release());
        }
    }

    /// <summary>Remembers what is about to be ended while it can still be looked at.</summary>
    private void Note(IReadOnlyCollection<int> found)
    {
        foreach (int pid in found)
        {
            if (ProcStat.TryRead(pid, out ProcStat stat) && stat.Runs && _seen.Add((pid, stat.StartTime)) && IsNews(pid))
            {
                _ended.Add(_told.Count > MostDescribed ? Nameless(pid) : LinuxProcessTable.DescribeEnding(stat));
            }
        }
    }

    private bool IsNews(int pid) => pid != Command && _told.Add(pid);

    private static EndedProcess Nameless(int pid) => new(pid, string.Empty, string.Empty, 0, 0);

    private static GuardException Blind() => new(new GuardMessage(
        MessageLevel.Error,
        "BG4003",
        $"It cannot be seen whether processes are left: for {PatienceMilliseconds / 1000} s there were too many open files, or too little memory, to look."));

    private GuardException Stuck(IReadOnlyCollection<int> left)
    {
        IEnumerable<string> names = table.Describe(left).Select(static (ProcessRow row) => $"{row.Name} (pid {row.Pid}, state {row.State})");
        string text = string.Join(", ", names);
        return new GuardException(new GuardMessage(
            MessageLevel.Error,
            "BG4003",
            $"Processes are left that cannot be ended after {PatienceMilliseconds / 1000} s: {(text.Length > 0 ? text : "each hands on to a new one and ends before it can be caught")}. "
            + "State D means that a driver or a network file system holds them; another user's processes need that user or root."));
    }
}
