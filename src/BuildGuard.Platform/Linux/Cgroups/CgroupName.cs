using System.Globalization;
using System.Text;
using BuildGuard.Leases;

namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>
/// What the groups of one state directory's leases are called. Given the lease, the name is known, so that what a
/// killed holder left is found even if nothing was written down.
/// </summary>
internal sealed class CgroupName
{
    /// <summary>Where a version 2 group keeps its processes, so that it may hold other groups beside them.</summary>
    public const string Leaf = "leaf";

    /// <summary>How every group of ours begins.</summary>
    public const string Prefix = "buildguard-";

    /// <summary>Where the program itself steps to when it stands alone in a version 2 group that is to hold others.</summary>
    public const string Aside = "buildguard.self";

    /// <summary>How the scopes that systemd makes for holders end. Not as a lease's group does: the holder in it is none of its lease's processes.</summary>
    private const string ScopeSuffix = "-holder.scope";

    // A unit's name has 255 characters at most, as a file's has.
    private static readonly int s_maxLength = 255 - ScopeSuffix.Length;

    private readonly string _prefix;
    private readonly string _machinePrefix;

    /// <param name="stateDirectory">The user's own state directory.</param>
    /// <param name="machineDirectory">The directory of the lock <c>machine</c>, by which each user must find what another one left; <c>null</c> if the state directory serves for that too.</param>
    public CgroupName(string stateDirectory, string? machineDirectory = null)
    {
        _prefix = PrefixOf(stateDirectory);
        _machinePrefix = machineDirectory is null ? _prefix : PrefixOf(machineDirectory);
    }

    /// <summary>The name of a lease's group.</summary>
    public string Of(LeaseId lease)
    {
        string prefix = lease.Lock == LockName.Machine ? _machinePrefix : _prefix;
        string name = prefix + lease.Value.Replace('/', '.');
        return name.Length <= s_maxLength ? name : prefix + Hexadecimal(lease.Value);
    }

    /// <summary>Whether a group is that of any lease of this state directory.</summary>
    public bool IsOurs(string name) => name.StartsWith(_prefix, StringComparison.Ordinal) && !IsScope(name);

    /// <summary>Whether a group is that of any lease of the lock <c>machine</c>, whoever's.</summary>
    public bool IsMachines(string name) => name.StartsWith(_machinePrefix, StringComparison.Ordinal) && !IsScope(name);

    /// <summary>The name of the scope that a lease's holder asks for.</summary>
    public string ScopeOf(LeaseId lease) => Of(lease) + ScopeSuffix;

    /// <summary>Whether a group is such a scope, whoever's.</summary>
    public static bool IsScope(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(ScopeSuffix, StringComparison.Ordinal);

    /// <summary>Whether a group is a lease's, whoever's.</summary>
    public static bool IsLeases(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && !IsScope(name);

    /// <summary>Whether a group is that of a lease or of one below it.</summary>
    public bool BelongsTo(LeaseId lease, string name)
    {
        string own = Of(lease);
        return name.StartsWith(own, StringComparison.Ordinal) && (name.Length == own.Length || name[own.Length] == '.');
    }

    /// <summary>
    /// FNV-1a of 128 bits (draft-eastlake-fnv). It keeps apart the directories of people who mean no harm;
    /// a cryptographic hash would load a library that costs more than the rest of a start.
    /// </summary>
    public static UInt128 Hash(string text)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ b) * prime);
        }

        return hash;
    }

    /// <summary>The last digits: what stands at the end of a text reaches the first ones of this hash hardly at all.</summary>
    private static string PrefixOf(string directory) =>
        $"{Prefix}{Hexadecimal(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)))[^8..]}-";

    private static string Hexadecimal(string text) => Hash(text).ToString("x32", CultureInfo.InvariantCulture);
}
