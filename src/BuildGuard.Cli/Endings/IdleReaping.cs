using System.Diagnostics;
using BuildGuard.Audit;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Idling;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Endings;

/// <summary>A process of the tool chain as <c>reap --idle</c> found it.</summary>
/// <param name="Tool">The process, and how long it is known to be idle.</param>
/// <param name="IsDue">Whether that is long enough.</param>
/// <param name="HasEnded">Whether it was ended.</param>
internal sealed record IdleFinding(IdleTool Tool, bool IsDue, bool HasEnded);

/// <summary>What <c>reap --idle</c> does: looks at the tool chain, remembers what it saw, and ends what has been idle for long.</summary>
internal sealed class IdleReaping(Composition composition, TimeSpan longest)
{
    /// <summary>How long one that is asked to end may take.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Why what was seen could not be remembered, so that the next look knows nothing of it; <c>null</c>: it is.</summary>
    public GuardMessage? Problem { get; private set; }

    /// <summary>Looks, and ends what is due unless it is a dry run. The look is remembered in either case.</summary>
    /// <exception cref="GuardException">The state cannot be read.</exception>
    public IReadOnlyList<IdleFinding> Run(bool dryRun)
    {
        IReadOnlyList<IdleTool> judged = Look(composition, out IReadOnlyList<IdleNote> next);
        Problem = Remember(next);
        IdleTool[] due = [.. judged.Where(tool => tool.Idle >= longest)];
        HashSet<IdleTool> ended = dryRun ? [] : [.. End(due)];
        return [.. judged.Select(tool => new IdleFinding(tool, due.Contains(tool), ended.Contains(tool)))];
    }

    /// <summary>Looks at the tool chain, and remembers nothing.</summary>
    /// <param name="composition">Where.</param>
    /// <param name="next">What would be to remember.</param>
    /// <exception cref="GuardException">The state cannot be read.</exception>
    public static IReadOnlyList<IdleTool> Look(Composition composition, out IReadOnlyList<IdleNote> next)
    {
        HashSet<int> guarded = Guarded(composition);
        ToolProcess[] tools = [.. composition.Tools.Find().Where(tool => !guarded.Contains(tool.Row.Pid))];
        return IdleNotes.Judge(tools, Remembered(composition), out next);
    }

    /// <summary>The processes of builds that hold a lease: nothing marks them, for the guard has not started them.</summary>
    private static HashSet<int> Guarded(Composition composition)
    {
        IEnumerable<LeaseRecord> leases = composition.Viewer.LookAtAll().SelectMany(tree => tree.Leases).Select(lease => lease.Record);
        HashSet<int> roots = GuardedProcesses.Find(leases, composition).Roots;
        return [.. roots, .. roots.SelectMany(root => composition.Processes.DescendantsOf(root)).Select(row => row.Pid)];
    }

    /// <summary>Notes that cannot be read are none: they are replaced.</summary>
    private static IReadOnlyList<IdleNote> Remembered(Composition composition)
    {
        try
        {
            using LockFile? file = composition.StateFiles.Open(composition.Layout.IdleNotes, write: false);
            byte[] bytes = new byte[IdleNotes.MaxBytes];
            return file is null ? [] : IdleNotes.Parse(bytes.AsSpan(0, file.Read(bytes, 0)));
        }
        catch (GuardException)
        {
            return [];
        }
    }

    private GuardMessage? Remember(IReadOnlyList<IdleNote> notes)
    {
        try
        {
            composition.StateFiles.EnsureDirectory(composition.Layout.Root, shared: false);
            UnixStateFiles.Replace(composition.Layout.IdleNotes, IdleNotes.ToBytes(notes));
            return null;
        }
        catch (GuardException e)
        {
            return e.Problem;
        }
    }

    /// <summary>Asks them to end, and kills those that do not.</summary>
    /// <returns>Those that are gone.</returns>
    private IdleTool[] End(IdleTool[] due)
    {
        foreach (Action<ProcessIdentity> signal in (Action<ProcessIdentity>[])[composition.Signals.Terminate, composition.Signals.Kill])
        {
            foreach (IdleTool tool in due.Where(IsAlive))
            {
                signal(tool.Process.Row.Identity);
            }

            long start = Stopwatch.GetTimestamp();
            while (due.Any(IsAlive) && Stopwatch.GetElapsedTime(start) < s_patience)
            {
                Thread.Sleep(s_pause);
            }
        }

        IdleTool[] ended = [.. due.Where(tool => !IsAlive(tool))];
        if (ended.Length > 0)
        {
            Record(ended);
        }

        return ended;
    }

    private void Record(IdleTool[] ended)
    {
        EndedProcess[] processes = [.. ended.Select(tool => tool.Process).Select(tool => new EndedProcess(
            tool.Row.Pid, tool.Row.Name, tool.Row.Command, (long)tool.Age.TotalMilliseconds, tool.Row.MemoryBytes))];
        GuardMessage message = Messages.IdleEnded(processes, longest);
        composition.AuditAnyway(MessageSink.Silent).Write(new AuditRecord
        {
            Event = AuditEvent.Orphan,
            Pid = Environment.ProcessId,
            Label = "buildguard reap",
            User = composition.Processes.UserName,
            Code = message.Code,
            Reason = message.Text,
            Processes = [.. processes.Select(AuditProcess.Of)],
        });
    }

    private bool IsAlive(IdleTool tool) => composition.Processes.IsAlive(tool.Process.Row.Identity) == true;
}
