using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Preflight;

/// <summary>How a pre-flight check ended.</summary>
public enum PreflightVerdict
{
    /// <summary>Go on.</summary>
    Go,

    /// <summary>Do not start; exit code 75.</summary>
    Refused,

    /// <summary>The wait was given up by the caller.</summary>
    Cancelled,
}

/// <summary>How a pre-flight check ended, and why.</summary>
/// <param name="Verdict">What to do.</param>
/// <param name="Waited">How long the machine was waited for.</param>
/// <param name="Refusal">For <see cref="PreflightVerdict.Refused"/>: what was said.</param>
public sealed record PreflightResult(PreflightVerdict Verdict, TimeSpan Waited, GuardMessage? Refusal = null);

/// <summary>
/// Looks whether the machine is fit before an operation starts. It is done at the head of the queue, keeping the turn: what the
/// operation before left behind (load above all) must not refuse the next one.
/// </summary>
public sealed class PreflightCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IMachine _machine;
    private readonly GuardSettings _settings;
    private readonly IMessageSink _messages;

    /// <summary>A check against the settings.</summary>
    public PreflightCheck(IMachine machine, GuardSettings settings, IMessageSink messages)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messages);
        (_machine, _settings, _messages) = (machine, settings, messages);
    }

    /// <summary>One look.</summary>
    public PreflightReport Look() =>
        new(_machine.Look(), _machine.Facts(), _settings.MinFreeMemory, _settings.MaxLoad);

    /// <summary>
    /// The check of a lease taken directly under the root: looks, and waits, warns or refuses as the setting says. Refusals are
    /// said to the message sink.
    /// </summary>
    /// <param name="clock">Measures the wait; its time stamp must not follow the wall clock.</param>
    /// <param name="pause">Waits that long; <c>false</c> if the wait was given up.</param>
    /// <param name="unfit">Told before each pause what is waited for.</param>
    public PreflightResult Run(TimeProvider clock, Func<TimeSpan, bool> pause, Action<PreflightWait>? unfit = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(pause);
        if (_settings.Preflight.Action == PreflightAction.Off)
        {
            return new PreflightResult(PreflightVerdict.Go, TimeSpan.Zero);
        }

        PreflightReport report = Look();
        if (report.IsFit)
        {
            return new PreflightResult(PreflightVerdict.Go, TimeSpan.Zero);
        }

        switch (_settings.Preflight.Action)
        {
            case PreflightAction.Warn:
                Say(report.Reasons(MessageLevel.Warning));
                return new PreflightResult(PreflightVerdict.Go, TimeSpan.Zero);
            case PreflightAction.Error:
                IReadOnlyList<GuardMessage> reasons = report.Reasons(MessageLevel.Error);
                Say(reasons);
                return new PreflightResult(PreflightVerdict.Refused, TimeSpan.Zero, reasons[0]);
            default:
                return Wait(report, clock, pause, unfit);
        }
    }

    /// <summary>The check of a lease taken inside a session: memory only, and only as a warning. The load is the session's own.</summary>
    public void WarnInsideSession()
    {
        if (_settings.Preflight.Action == PreflightAction.Off)
        {
            return;
        }

        PreflightReport report = Look() with { MaxLoad = null };
        Say(report.Reasons(MessageLevel.Warning));
    }

    private PreflightResult Wait(PreflightReport report, TimeProvider clock, Func<TimeSpan, bool> pause, Action<PreflightWait>? unfit)
    {
        long start = clock.GetTimestamp();
        TimeSpan limit = _settings.Preflight.WaitLimit ?? TimeSpan.MaxValue;
        TimeSpan waited = TimeSpan.Zero;
        TimeSpan sayAgainAt = TimeSpan.Zero;
        while (!report.IsFit)
        {
            if (waited >= limit)
            {
                GuardMessage refusal = Messages.PreflightTimedOut(waited, report.Reasons(MessageLevel.Error));
                _messages.Say(refusal);
                return new PreflightResult(PreflightVerdict.Refused, waited, refusal);
            }

            if (waited >= sayAgainAt)
            {
                Say(report.Reasons(MessageLevel.Message, _settings.Preflight.WaitLimit));
                sayAgainAt = waited + TimeSpan.FromTicks(Math.Max(TimeSpan.FromSeconds(15).Ticks, waited.Ticks));
            }

            unfit?.Invoke(report.ToWait());
            TimeSpan left = limit - waited;
            if (!pause(left < Interval ? left : Interval))
            {
                return new PreflightResult(PreflightVerdict.Cancelled, clock.GetElapsedTime(start));
            }

            waited = clock.GetElapsedTime(start);
            report = Look();
        }

        return new PreflightResult(PreflightVerdict.Go, waited);
    }

    private void Say(IReadOnlyList<GuardMessage> messages)
    {
        foreach (GuardMessage message in messages)
        {
            _messages.Say(message);
        }
    }
}
