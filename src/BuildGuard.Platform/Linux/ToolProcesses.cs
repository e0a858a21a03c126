using BuildGuard.Idling;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Platform.Linux;

/// <summary>The processes of the tool chain that <c>/proc</c> shows.</summary>
/// <param name="table">The processes.</param>
public sealed class ToolProcesses(LinuxProcessTable table) : IToolProcesses
{
    /// <inheritdoc/>
    public IReadOnlyList<ToolProcess> Find()
    {
        uint user = Libc.GetEUid();
        long space = table.Self.PidNamespace;
        List<ToolProcess> found = [];
        List<int> pids = [];
        ProcDirectory.ReadIds("/proc", pids);
        foreach (int pid in pids)
        {
            if (KindOf(pid) is not { } kind || ProcessUser.Of(pid)?.Real != user || LinuxProcessTable.PidNamespaceOf($"/proc/{pid}") != space || IsGuarded(pid)
                || table.Describe(pid) is not { State: not 'Z' } row)
            {
                continue;
            }

            TimeSpan age = TimeSpan.FromMilliseconds(LinuxProcessTable.AgeOf(row.Identity));
            found.Add(new ToolProcess(row, kind, age, ProcessTree.Children(pid).Count > 0 || UnixSockets.IsConnected(pid)));
        }

        return found;
    }

    private ToolKind? KindOf(int pid)
    {
        if (ProcFile.ReadText($"/proc/{pid}/cmdline") is not { Length: > 0 } line
            || ToolKinds.Of(line.TrimEnd('\0').Split('\0'), out int parent) is not { } kind)
        {
            return null;
        }

        // One that lives has started before whom it started; a later one has only got the number.
        return kind != ToolKind.TestHost || table.Identify(parent) is not { } living || table.Identify(pid) is not { } self || living.StartTime > self.StartTime
            ? kind
            : null;
    }

    /// <summary>Whether it was started under a lease, of whatever state directory.</summary>
    private static bool IsGuarded(int pid)
    {
        ReadOnlySpan<byte> environment = ProcFile.ReadAll($"/proc/{pid}/environ");
        return LeaseMark.IsAnyBorneBy(pid) || environment.StartsWith("BUILDGUARD_LEASE="u8) || environment.IndexOf("\0BUILDGUARD_LEASE="u8) >= 0;
    }
}
