using System.Buffers;
using System.Globalization;
using BuildGuard.Leases;

namespace BuildGuard.Settings;

/// <summary>Turns the text of a setting into its value. One place for every source, so that all are equally strict.</summary>
internal static class SettingValue
{
    private static readonly char[] NameSeparators = [';', ',', '\n', '\r'];

    /// <summary>Paths and patterns: a name means the processes that have it, and whoever writes <c>*</c> means more than he would get.</summary>
    private static readonly SearchValues<char> NoNames = SearchValues.Create("/*?");

    /// <summary>What is expected instead; <c>null</c> if the text is a value of the setting.</summary>
    internal static string? Check(Setting setting, string text) => Apply(setting, text, new GuardSettings(), out _);

    /// <summary>What a value of the setting looks like.</summary>
    internal static string ExpectedOf(Setting setting) => setting switch
    {
        Setting.Lock => "user, machine, or a name of 1 to 64 of a-z 0-9 . _ -",
        Setting.Slots => "a whole number from 1 to 1024",
        Setting.MaxMemory => $"{Size.Expected} of at least 1M, or none",
        Setting.MaxProcesses => "a whole number of at least 1, or none",
        Setting.MaxOpenFiles => "a whole number of at least 16, or none",
        Setting.Timeout => $"{Duration.Expected}, longer than 0, or none",
        Setting.Stall => $"{Duration.Expected}, longer than 0, with :kill behind it to end the tree, or none",
        Setting.Grace => Duration.Expected,
        Setting.Preflight => PreflightMode.Expected,
        Setting.MinFreeMemory => $"{Size.Expected}, or none",
        Setting.MaxLoad => "a number above 0 such as 8.0, or none",
        Setting.Keep or Setting.MonitorEnds => "whole names of processes, no patterns, with ; between them",
        _ => "true or false",
    };

    /// <summary>Puts a value into the settings.</summary>
    /// <returns>What is expected instead, if the text is no value of the setting; else <c>null</c>.</returns>
    internal static string? Apply(Setting setting, string text, GuardSettings settings, out GuardSettings result)
    {
        text = text.Trim();
        result = Parse(setting, text, settings) ?? settings;
        return ReferenceEquals(result, settings) ? ExpectedOf(setting) : null;
    }

    private static GuardSettings? Parse(Setting setting, string text, GuardSettings s)
    {
        bool none = text.Equals("none", StringComparison.OrdinalIgnoreCase);
        switch (setting)
        {
            case Setting.Lock:
                return LockName.IsValid(text) ? s with { Lock = text } : null;
            case Setting.Slots:
                return Whole(text, 1, 1024) is { } slots ? s with { Slots = slots } : null;
            case Setting.MaxMemory:
                return none ? s with { MaxMemory = null }
                    : Size.TryParse(text, out long memory) && memory >= 1 << 20 ? s with { MaxMemory = memory } : null;
            case Setting.MaxProcesses:
                return none ? s with { MaxProcesses = null }
                    : Whole(text, 1, int.MaxValue) is { } processes ? s with { MaxProcesses = processes } : null;
            case Setting.MaxOpenFiles:
                return none ? s with { MaxOpenFiles = null, MaxOpenFilesExplicit = true }
                    : Whole(text, 16, int.MaxValue) is { } files ? s with { MaxOpenFiles = files, MaxOpenFilesExplicit = true } : null;
            case Setting.Timeout:
                return none ? s with { Timeout = null }
                    : Positive(text) is { } timeout ? s with { Timeout = timeout } : null;
            case Setting.Stall:
                return Stall(text, none, s);
            case Setting.Grace:
                return Duration.TryParse(text, out TimeSpan grace) ? s with { Grace = grace } : null;
            case Setting.Preflight:
                return PreflightMode.TryParse(text, out PreflightMode mode) ? s with { Preflight = mode } : null;
            case Setting.MinFreeMemory:
                return none ? s with { MinFreeMemory = 0 }
                    : Size.TryParse(text, out long free) ? s with { MinFreeMemory = free } : null;
            case Setting.MaxLoad:
                return none ? s with { MaxLoad = null }
                    : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double load) && load is > 0 and < 1e6
                        ? s with { MaxLoad = load } : null;
            case Setting.Keep:
                return Names(text, none) is { } kept ? s with { Keep = kept } : null;
            case Setting.MonitorEnds:
                return Names(text, none) is { } ended ? s with { MonitorEnds = ended } : null;
            case Setting.SequentialTests:
                return Flag(text) is { } sequential ? s with { SequentialTests = sequential } : null;
            case Setting.RecordCommands:
                return Flag(text) is { } record ? s with { RecordCommands = record } : null;
            case Setting.Quiet:
                return Flag(text) is { } quiet ? s with { Quiet = quiet } : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(setting));
        }
    }

    private static GuardSettings? Stall(string text, bool none, GuardSettings s)
    {
        if (none)
        {
            return s with { Stall = null, StallKills = false };
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string action = colon < 0 ? "warn" : text[(colon + 1)..].ToLowerInvariant();
        return action is "kill" or "warn" && Positive(colon < 0 ? text : text[..colon]) is { } stall
            ? s with { Stall = stall, StallKills = action == "kill" }
            : null;
    }

    private static string[]? Names(string text, bool none)
    {
        string[] names = none ? [] : text.Split(NameSeparators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Any(n => n.AsSpan().ContainsAny(NoNames) || n.Any(char.IsControl)) ? null : names;
    }

    private static int? Whole(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? value : null;

    private static TimeSpan? Positive(string text) =>
        Duration.TryParse(text, out TimeSpan value) && value > TimeSpan.Zero ? value : null;

    /// <summary>MSBuild writes True and False; scripts write 1 and 0.</summary>
    internal static bool? Flag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };
}
