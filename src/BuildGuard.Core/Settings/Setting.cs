using System.Collections.Immutable;

namespace BuildGuard.Settings;

/// <summary>Every setting of the helper. The name is the one of the MSBuild property without <c>BuildGuard</c>.</summary>
public enum Setting
{
    Lock,
    Slots,
    MaxMemory,
    MaxProcesses,
    MaxOpenFiles,
    Timeout,
    Stall,
    Grace,
    Preflight,
    MinFreeMemory,
    MaxLoad,
    Keep,
    MonitorEnds,
    SequentialTests,
    RecordCommands,
    Quiet,
}

/// <summary>The names under which a setting is known.</summary>
public static class SettingNames
{
    /// <summary>All settings, in the order of the documentation.</summary>
    public static readonly ImmutableArray<Setting> All =
    [
        Setting.Lock, Setting.Slots, Setting.MaxMemory, Setting.MaxProcesses, Setting.MaxOpenFiles, Setting.Timeout,
        Setting.Stall, Setting.Grace, Setting.Preflight, Setting.MinFreeMemory, Setting.MaxLoad, Setting.Keep,
        Setting.MonitorEnds, Setting.SequentialTests, Setting.RecordCommands, Setting.Quiet,
    ];

    /// <summary>As in <c>MaxMemory</c>.</summary>
    public static string Name(this Setting setting) => setting switch
    {
        Setting.Lock => "Lock",
        Setting.Slots => "Slots",
        Setting.MaxMemory => "MaxMemory",
        Setting.MaxProcesses => "MaxProcesses",
        Setting.MaxOpenFiles => "MaxOpenFiles",
        Setting.Timeout => "Timeout",
        Setting.Stall => "Stall",
        Setting.Grace => "Grace",
        Setting.Preflight => "Preflight",
        Setting.MinFreeMemory => "MinFreeMemory",
        Setting.MaxLoad => "MaxLoad",
        Setting.Keep => "Keep",
        Setting.MonitorEnds => "MonitorEnds",
        Setting.SequentialTests => "SequentialTests",
        Setting.RecordCommands => "RecordCommands",
        Setting.Quiet => "Quiet",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    /// <summary>As in <c>BUILDGUARD_MAX_MEMORY</c>.</summary>
    public static string EnvironmentVariable(this Setting setting) => setting switch
    {
        Setting.Lock => "BUILDGUARD_LOCK",
        Setting.Slots => "BUILDGUARD_SLOTS",
        Setting.MaxMemory => "BUILDGUARD_MAX_MEMORY",
        Setting.MaxProcesses => "BUILDGUARD_MAX_PROCESSES",
        Setting.MaxOpenFiles => "BUILDGUARD_MAX_OPEN_FILES",
        Setting.Timeout => "BUILDGUARD_TIMEOUT",
        Setting.Stall => "BUILDGUARD_STALL",
        Setting.Grace => "BUILDGUARD_GRACE",
        Setting.Preflight => "BUILDGUARD_PREFLIGHT",
        Setting.MinFreeMemory => "BUILDGUARD_MIN_FREE_MEMORY",
        Setting.MaxLoad => "BUILDGUARD_MAX_LOAD",
        Setting.Keep => "BUILDGUARD_KEEP",
        Setting.MonitorEnds => "BUILDGUARD_MONITOR_ENDS",
        Setting.SequentialTests => "BUILDGUARD_SEQUENTIAL_TESTS",
        Setting.RecordCommands => "BUILDGUARD_RECORD_COMMANDS",
        Setting.Quiet => "BUILDGUARD_QUIET",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    /// <summary>As in <c>maxMemory</c>, for <c>buildguard.json</c>.</summary>
    public static string JsonName(this Setting setting)
    {
        string name = setting.Name();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>Finds a setting by its MSBuild or JSON name, in any casing.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, out Setting setting)
    {
        foreach (Setting candidate in All)
        {
            if (name.Equals(candidate.Name(), StringComparison.OrdinalIgnoreCase))
            {
                setting = candidate;
                return true;
            }
        }

        setting = default;
        return false;
    }
}
