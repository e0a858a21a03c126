using System.Globalization;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Preflight;

/// <summary>One look at the machine, with what was required of it.</summary>
/// <param name="State">How the machine is.</param>
/// <param name="Facts">What it has at all.</param>
/// <param name="RequiredMemoryBytes">Memory that must be free, in bytes.</param>
/// <param name="MaxLoad">The highest load allowed; <c>null</c> for any.</param>
public sealed record PreflightReport(MachineState State, MachineFacts Facts, long RequiredMemoryBytes, double? MaxLoad)
{
    private static readonly string s_allDigits = "0.0" + new string('#', 30);

    /// <summary>A limit of the load for people: with one digit behind the point, or as many as it has.</summary>
    public static string TextOf(double maxLoad) => maxLoad.ToString(s_allDigits, CultureInfo.InvariantCulture);

    /// <summary>Whether there is enough memory.</summary>
    public bool HasMemory => State.FreeMemoryBytes >= RequiredMemoryBytes;

    /// <summary>Whether the load is low enough.</summary>
    public bool HasCalm => MaxLoad is not { } max || State.Load is not { } load || load <= max;

    /// <summary>Whether an operation may start.</summary>
    public bool IsFit => HasMemory && HasCalm;

    /// <summary>What is waited for, if it is not fit.</summary>
    public PreflightWait ToWait() => new(
        HasMemory ? null : RequiredMemoryBytes,
        HasMemory ? null : State.FreeMemoryBytes,
        HasCalm ? null : MaxLoad,
        HasCalm ? null : State.Load);

    /// <summary>What is wrong, as messages of the given level; empty if fit.</summary>
    /// <param name="level">The level.</param>
    /// <param name="waitLimit">While it is waited for: how long at most; <c>null</c> for without end.</param>
    public IReadOnlyList<GuardMessage> Reasons(MessageLevel level, TimeSpan? waitLimit = null)
    {
        var reasons = new List<GuardMessage>(2);
        if (!HasMemory)
        {
            reasons.Add(Messages.TooLittleFreeMemory(level, State.FreeMemoryBytes, RequiredMemoryBytes, Facts.UsableMemoryBytes, waitLimit));
        }

        if (!HasCalm)
        {
            reasons.Add(Messages.LoadTooHigh(level, State.Load!.Value, MaxLoad!.Value, waitLimit));
        }

        return reasons;
    }
}
