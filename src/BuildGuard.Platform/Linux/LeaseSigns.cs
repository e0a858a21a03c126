using System.Text;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Linux;

/// <summary>
/// By what a process tells which lease started it, wherever it went: it was born with the mark and the variable of the
/// lease, and hands both on.
/// </summary>
/// <param name="lease">The lease.</param>
/// <param name="name">How its names are made.</param>
internal sealed class LeaseSigns(LeaseId lease, CgroupName name)
{
    private byte[]? _variable;
    private LeaseMark[]? _kept;

    /// <summary>The mark.</summary>
    public LeaseMark Mark { get; } = LeaseMark.Of(lease, name);

    /// <summary>Whether a process, or a thread, bears one of the two. One that is gone bears none.</summary>
    public bool AreBorneBy(int pid) => LeaseMark.LimitOf(pid) is >= 0 and var limit
        && (Mark.Is(limit) || (HasVariable(pid) && !IsKept(limit)));

    /// <summary>Whether it was kept, by this lease or by one around it: what that kept is none of this one's either.</summary>
    private bool IsKept(long limit) => Array.Exists(_kept ??= [.. KeptMarks(lease, name)], mark => mark.Is(limit));

    private static IEnumerable<LeaseMark> KeptMarks(LeaseId lease, CgroupName name)
    {
        for (LeaseId? at = lease; at is { } id; at = id.Parent)
        {
            yield return LeaseMark.OfKept(id, name);
        }
    }

    /// <summary>Whether it was started with the variable, of the lease itself or of one below it.</summary>
    private bool HasVariable(int pid)
    {
        byte[] wanted = _variable ??= Encoding.UTF8.GetBytes($"BUILDGUARD_LEASE={lease.Value}");
        ReadOnlySpan<byte> environment = ProcFile.ReadAll($"/proc/{pid}/environ");
        foreach (Range range in environment.Split((byte)0))
        {
            ReadOnlySpan<byte> entry = environment[range];
            if (entry.StartsWith(wanted) && (entry.Length == wanted.Length || entry[wanted.Length] == (byte)'/'))
            {
                return true;
            }
        }

        return false;
    }
}
