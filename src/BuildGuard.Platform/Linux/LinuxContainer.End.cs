using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux;

/// <content>The end of everything inside.</content>
internal abstract unsafe partial class LinuxContainer
{
    // One chase, and how long nobody may come or go meanwhile: whoever is frozen needs another way.
    private const int ChaseMilliseconds = 500;
    protected const int StandstillMilliseconds = 20;

    /// <summary>Those that were collected since the end began and had not ended by themselves.</summary>
    protected IReadOnlyCollection<int> Killed => _killed;

    /// <summary>Adds some that nobody will collect.</summary>
    protected void NoteKilled(IEnumerable<int> pids)
    {
        _killed.AddRange(pids);
        _signalled.Clear();
    }

    /// <inheritdoc/>
    public virtual void Halt()
    {
        // One by one they could not be stopped faster than they can be ended.
    }

    /// <inheritdoc/>
    public void RequestEnd()
    {
        foreach (int pid in Members())
        {
            if (Target.Take(pid, IsMember) is { } target)
            {
                // A stopped process would not hear the request.
                _ = target.Signal(Libc.SIGTERM);
                _ = target.Signal(Libc.SIGCONT);
                target.Release();
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<EndedProcess> End(IReadOnlyCollection<string>? keep = null)
    {
        if (_command == 0)
        {
            return [];
        }

        _ = DescriptorRoom.GiveWay();
        if (keep is { Count: > 0 })
        {
            List<int> kept = KeepList.Select(Members, keep);

            // What they have started is theirs: a server is of no use without its workers.
            kept.AddRange(ProcessTree.Descend(ProcessTree.Everything(), kept));
            Kept = Table.Describe(kept);
            Release(kept);
            kept.ForEach(_kept.GiveTo);
        }

        _killed.Clear();
        try
        {
            IReadOnlyList<EndedProcess> ended = IsProvenEmpty() && !Family.Strays.MayExist() ? [] : Ending(_command).Run();
            Reap();
            _ended = true;
            return ended;
        }
        catch (GuardException)
        {
            // What did not end in all that time is not tried again when the container is given up.
            _ended = true;
            throw;
        }
    }

    /// <summary>Lets processes go that are to stay alive.</summary>
    protected virtual void Release(IReadOnlyCollection<int> pids) => Family.Release(pids);

    /// <summary>
    /// Whether nothing is left, where that can be proven more cheaply than by looking for it. Called once the command has
    /// ended; what was prepared for it may be gone afterwards.
    /// </summary>
    protected virtual bool IsProvenEmpty() => false;

    /// <summary>How this rung ends what is inside.</summary>
    protected abstract TreeEnd Ending(int command);

    /// <summary>
    /// Kills whoever is handed to us, from the command down, without a look at the machine, which would take longer than
    /// some of them live; whether anybody is left. What is killed hands its children to us, and cannot fork any more.
    /// </summary>
    protected bool Chase()
    {
        long start = Environment.TickCount64;
        long progress = start;
        _ = Reap();
        while (Environment.TickCount64 - progress < StandstillMilliseconds && Environment.TickCount64 - start < ChaseMilliseconds)
        {
            bool news = false;
            List<int> children = Family.Children();
            foreach (int pid in children)
            {
                news |= _signalled.Add(pid) & Libc.Kill(pid, Libc.SIGKILL) == 0;
            }

            bool collected = Reap();
            if (children.Count == 0)
            {
                return Family.ChaseStrays();
            }

            if (news || collected)
            {
                progress = Environment.TickCount64;
            }
            else if (!children.Exists(static pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.Runs))
            {
                // Zombies that only who traces them may collect. They run no more and have handed on their children.
                return Family.ChaseStrays();
            }
            else
            {
                // All that we know of are on their way out.
                _ = Libc.Poll(null, 0, 1);
            }
        }

        return true;
    }
}
