using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>
/// What holds for the group that a process stands in and must hold for the scope that it goes to: who asks for a scope
/// must not get away from what the one who started him laid down.
/// </summary>
internal sealed record ScopeTerms
{
    /// <summary>The slice that the scope is to be in; <c>null</c> for the manager's choice.</summary>
    public string? Slice { get; init; }

    /// <summary>The service whose end is to be the scope's end.</summary>
    public string? Service { get; init; }

    /// <summary>A service of another manager, which the scope could not be bound to; then there must be none.</summary>
    public string? ForeignService { get; init; }

    /// <summary>The smallest limit of the groups that are left, in bytes.</summary>
    public long? MemoryMax { get; init; }

    /// <summary>The same for swap.</summary>
    public long? SwapMax { get; init; }

    /// <summary>The same for tasks.</summary>
    public long? TasksMax { get; init; }

    /// <summary>The group up to which those that the process stands in are left; those above hold for the scope as well.</summary>
    public required string Common { get; init; }

    /// <summary>The terms by the name of the group alone.</summary>
    /// <param name="own">The group.</param>
    /// <param name="manager">The group that all units of the manager are below; empty for the root.</param>
    public static ScopeTerms Of(string own, string manager)
    {
        bool inside = own.StartsWith(manager + "/", StringComparison.Ordinal);
        string[] parts = (inside ? own[manager.Length..] : own).Split('/', StringSplitOptions.RemoveEmptyEntries);
        int slices = Array.FindIndex(parts, static part => !part.EndsWith(".slice", StringComparison.Ordinal));
        slices = slices < 0 ? parts.Length : slices;
        string? service = slices < parts.Length && parts[slices].EndsWith(".service", StringComparison.Ordinal) ? parts[slices] : null;
        return inside
            ? new ScopeTerms
            {
                Slice = slices > 0 ? parts[slices - 1] : null,
                Service = service,
                Common = manager + string.Concat(parts[..slices].Select(static part => "/" + part)),
            }
            : new ScopeTerms { ForeignService = service, Common = CommonOf(own, manager) };
    }

    /// <summary>The same, with the limits of the groups that are left.</summary>
    public ScopeTerms WithLimits(CgroupMount mount, string own)
    {
        ScopeTerms terms = this;
        for (string group = own; group.Length > Common.Length; group = group[..group.LastIndexOf('/')])
        {
            if (mount.DirectoryOf(group) is { } directory)
            {
                terms = terms with
                {
                    MemoryMax = Smaller(terms.MemoryMax, directory + "/memory.max"),
                    SwapMax = Smaller(terms.SwapMax, directory + "/memory.swap.max"),
                    TasksMax = Smaller(terms.TasksMax, directory + "/pids.max"),
                };
            }
        }

        return terms;
    }

    private static string CommonOf(string own, string manager)
    {
        string common = manager;
        while (common.Length > 0 && !own.StartsWith(common + "/", StringComparison.Ordinal))
        {
            common = common[..common.LastIndexOf('/')];
        }

        return common;
    }

    private static long? Smaller(long? limit, string file)
    {
        Span<byte> buffer = stackalloc byte[32];
        int length = ProcFile.Read(file, buffer);
        long one = length > 0 ? ProcFile.Number(buffer[..length]) : -1;
        return one < 0 || one == long.MaxValue ? limit : Math.Min(one, limit ?? long.MaxValue);
    }
}
