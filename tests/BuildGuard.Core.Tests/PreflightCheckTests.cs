using BuildGuard.Diagnostics;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class PreflightCheckTests
{
    private readonly FakeMachine _machine = new();
    private readonly RecordingSink _sink = new();

    [TestMethod]
    [DataRow("error")]
    [DataRow("wait")]
    [DataRow("wait:10m")]
    [DataRow("warn")]
    [DataRow("off")]
    public void A_fit_machine_is_no_word_worth(string mode)
    {
        PreflightResult result = Run(mode);
        Assert.AreEqual(new PreflightResult(PreflightVerdict.Go, TimeSpan.Zero), result);
        Assert.AreEqual(0, _sink.Said.Count);
    }

    [TestMethod]
    public void Error_refuses_at_once_with_every_reason()
    {
        _machine.Free = 1 << 30;
        _machine.Load = 14.2;
        PreflightResult result = Run("error");
        Assert.AreEqual(PreflightVerdict.Refused, result.Verdict);
        Assert.AreEqual("BG2001 BG2002", Codes());
        Assert.IsTrue(_sink.Said.All(m => m.Level == MessageLevel.Error));
        Assert.AreEqual(_sink.Said[0], result.Refusal);
        Assert.AreEqual(0, _machine.Pauses);
        Assert.AreEqual(
            "too little free memory: 1G free, 4G required (BuildGuardMinFreeMemory). End something large, or lower the setting", _sink.Said[0].Text);
    }

    [TestMethod]
    public void Warn_says_so_and_goes_on()
    {
        _machine.Load = 14.2;
        Assert.AreEqual(PreflightVerdict.Go, Run("warn").Verdict);
        Assert.AreEqual(MessageLevel.Warning, _sink.Said.Single().Level);
    }

    [TestMethod]
    public void Off_does_not_look()
    {
        _machine.Free = 0;
        Assert.AreEqual(PreflightVerdict.Go, Run("off").Verdict);
        Assert.AreEqual(0, _machine.Looks);
    }

    [TestMethod]
    public void Wait_keeps_on_until_the_machine_is_fit()
    {
        _machine.Load = 14.2;
        _machine.AfterPause = pauses => _machine.Load = pauses < 7200 ? 14.2 : 7.9;
        PreflightResult result = Run("wait");
        Assert.AreEqual(PreflightVerdict.Go, result.Verdict);
        Assert.AreEqual(TimeSpan.FromHours(2), result.Waited);
        Assert.IsTrue(_sink.Said.All(m => m is { Level: MessageLevel.Message, Code: "BG2002" }), "a build with -warnaserror must not fail because it had to wait");
    }

    [TestMethod]
    public void Waiting_is_said_at_growing_intervals()
    {
        var at = new List<double>();
        _machine.Load = 14.2;
        _machine.AfterPause = pauses =>
        {
            _machine.Load = pauses < 3600 ? 14.2 : 1;
            while (at.Count < _sink.Said.Count)
            {
                at.Add(_machine.Elapsed.TotalSeconds - 1);
            }
        };
        Run("wait");
        Assert.AreEqual("0 15 30 60 120 240 480 960 1920", string.Join(' ', at));
    }

    [TestMethod]
    public void Wait_with_a_limit_refuses_when_it_has_passed()
    {
        _machine.Free = 1 << 30;
        PreflightResult result = Run("wait:2s500ms");
        Assert.AreEqual(PreflightVerdict.Refused, result.Verdict);
        Assert.AreEqual(TimeSpan.FromSeconds(2.5), result.Waited);
        Assert.AreEqual("BG2001 BG2003", Codes());
        Assert.AreEqual(MessageLevel.Message, _sink.Said[0].Level);
        Assert.AreEqual(MessageLevel.Error, _sink.Said[1].Level);
        StringAssert.StartsWith(_sink.Said[1].Text, "the machine was not fit within 2s (BuildGuardPreflight): BG2001: too little free memory: 1G free");
    }

    [TestMethod]
    public void Wait_of_no_time_is_refused_without_a_pause()
    {
        _machine.Free = 0;
        Assert.AreEqual(PreflightVerdict.Refused, Run("wait:0s").Verdict);
        Assert.AreEqual(0, _machine.Pauses);
    }

    [TestMethod]
    public void A_wait_that_is_given_up_is_no_refusal()
    {
        _machine.Free = 0;
        _machine.GiveUpAfter = 3;
        PreflightResult result = Run("wait");
        Assert.AreEqual(PreflightVerdict.Cancelled, result.Verdict);
        Assert.IsNull(result.Refusal);
    }

    [TestMethod]
    public void A_limit_that_can_never_be_met_is_said_to_be_so()
    {
        _machine.Free = 20L << 30;
        Run("error", settings => settings with { MinFreeMemory = 1L << 40 });
        StringAssert.EndsWith(_sink.Said.Single().Text, "This machine or container may use 24G at all: lower the setting");
    }

    [TestMethod]
    public void Inside_a_session_memory_is_warned_of_and_load_is_its_own()
    {
        _machine.Free = 1 << 30;
        _machine.Load = 99;
        Check("error").WarnInsideSession();
        Assert.AreEqual("BG2001", Codes());
        Assert.AreEqual(MessageLevel.Warning, _sink.Said[0].Level);
    }

    [TestMethod]
    public void Inside_a_session_off_is_off()
    {
        _machine.Free = 0;
        Check("off").WarnInsideSession();
        Assert.AreEqual(0, _sink.Said.Count);
    }

    [TestMethod]
    public void A_machine_without_a_load_is_calm()
    {
        _machine.Load = null;
        Assert.IsTrue(Check("error").Look().IsFit);
    }

    private string Codes() => string.Join(' ', _sink.Said.Select(m => m.Code));

    private PreflightResult Run(string mode, Func<GuardSettings, GuardSettings>? change = null) =>
        Check(mode, change).Run(_machine.Clock, _machine.Pause);

    private PreflightCheck Check(string mode, Func<GuardSettings, GuardSettings>? change = null)
    {
        Assert.IsTrue(PreflightMode.TryParse(mode, out PreflightMode preflight));
        var settings = new GuardSettings { Preflight = preflight, MinFreeMemory = 4L << 30, MaxLoad = 8 };
        return new PreflightCheck(_machine, change?.Invoke(settings) ?? settings, _sink);
    }

    /// <summary>A machine whose time passes only in pauses.</summary>
    private sealed class FakeMachine : IMachine
    {
        public FakeMachine() => Clock = new FakeClock(this);

        public TimeProvider Clock { get; }

        public long Free { get; set; } = 16L << 30;

        public double? Load { get; set; } = 0.5;

        public int Looks { get; private set; }

        public int Pauses { get; private set; }

        public int GiveUpAfter { get; set; } = int.MaxValue;

        public Action<int>? AfterPause { get; set; }

        public TimeSpan Elapsed { get; private set; }

        public MachineFacts Facts() => new(24L << 30, 4);

        public MachineState Look()
        {
            Looks++;
            return new MachineState(Free, Load, null);
        }

        public bool Pause(TimeSpan time)
        {
            Pauses++;
            Elapsed += time;
            AfterPause?.Invoke(Pauses);
            return Pauses < GiveUpAfter;
        }

        private sealed class FakeClock(FakeMachine machine) : TimeProvider
        {
            public override long TimestampFrequency => TimeSpan.TicksPerSecond;

            public override long GetTimestamp() => machine.Elapsed.Ticks;

            // A wall clock that jumps: nothing may depend on it.
            public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("the wait must not follow the wall clock");
        }
    }
}
