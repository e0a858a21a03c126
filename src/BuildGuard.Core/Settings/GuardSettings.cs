using BuildGuard.Containment;
using BuildGuard.Leases;

namespace BuildGuard.Settings;

/// <summary>All settings of one run of the helper, understood and checked.</summary>
public sealed record GuardSettings
{
    /// <summary>The lock whose queue is joined when we stand in no lease.</summary>
    public string Lock { get; init; } = LockName.User;

    /// <summary>How many operations may run at once under the lock.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Memory of one operation's whole process tree, in bytes; <c>null</c> for no limit.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>Processes in one operation's tree; <c>null</c> for no limit.</summary>
    public int? MaxProcesses { get; init; } = 20;

    /// <summary>Open files of each process; <c>null</c> for no limit of ours.</summary>
    public int? MaxOpenFiles { get; init; } = 1024;

    /// <summary>Whether <see cref="MaxOpenFiles"/> was asked for: then it is the hard limit too.</summary>
    public bool MaxOpenFilesExplicit { get; init; }

    /// <summary>Run time of one operation; <c>null</c> for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long without CPU and output counts as stalled; <c>null</c> for never.</summary>
    public TimeSpan? Stall { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a stalled tree is ended rather than reported.</summary>
    public bool StallKills { get; init; }

    /// <summary>Time between the polite request to end and the kill.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What happens when the machine is not fit.</summary>
    public PreflightMode Preflight { get; init; } = new(PreflightAction.Wait, TimeSpan.FromMinutes(10));

    /// <summary>Memory that must be free before an operation starts, in bytes; 0 for none.</summary>
    public long MinFreeMemory { get; init; }

    /// <summary>The one-minute load above which nothing is started; <c>null</c> for any.</summary>
    public double? MaxLoad { get; init; }

    /// <summary>Names of processes left alive after an operation.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Names of processes that <c>buildguard monitor</c> may end when memory runs out, although they are not guarded.</summary>
    public IReadOnlyList<string> MonitorEnds { get; init; } = [];

    /// <summary>One test host at a time inside a run.</summary>
    public bool SequentialTests { get; init; } = true;

    /// <summary>Whether command lines may stand in records; if not, the label stands instead.</summary>
    public bool RecordCommands { get; init; } = true;

    /// <summary>Whether messages of ordinary life are left out.</summary>
    public bool Quiet { get; init; }

    /// <summary>Every setting with its text and its source, defaults included.</summary>
    public IReadOnlyList<SettingInput> Inputs { get; init; } = [];

    /// <summary>The limits of memory and processes that were asked for, and not only are there by default.</summary>
    public Limits ToAskedLimits() => new()
    {
        MemoryBytes = IsAsked(Setting.MaxMemory) ? MaxMemory : null,
        Processes = IsAsked(Setting.MaxProcesses) ? MaxProcesses : null,
    };

    private bool IsAsked(Setting setting) => Inputs.Any(input => input.Setting == setting && input.Source != SettingInput.Default);

    /// <summary>What one operation may use.</summary>
    public Limits ToLimits() => new()
    {
        MemoryBytes = MaxMemory,
        Processes = MaxProcesses,
        OpenFiles = MaxOpenFiles,
        OpenFilesHard = MaxOpenFilesExplicit,
        Timeout = Timeout,
        Stall = Stall,
        StallKills = StallKills,
        Grace = Grace,
    };
}
