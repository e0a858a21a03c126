using BuildGuard.Audit;
using BuildGuard.Reporting;

namespace BuildGuard.Core.Tests;

/// <summary>What is made of the audit trail for the report.</summary>
[TestClass]
public sealed class ReportingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void A_lease_is_told_from_its_place_in_the_queue_to_its_end()
    {
        LeaseHistory lease = HistoryOf(
            Event(AuditEvent.Enqueued, 0),
            Event(AuditEvent.Acquired, 30) with { WaitedMilliseconds = 30_000 },
            Event(AuditEvent.Released, 90) with { DurationMilliseconds = 60_000, Outcome = "exited", ExitCode = 2, PeakMemoryBytes = 7 }).Leases.Single();
        Assert.AreEqual((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)), (lease.Waited, lease.Ran));
        Assert.AreEqual((LeaseFate.Failed, 7L), (lease.Fate, lease.PeakMemoryBytes));
    }

    [TestMethod]
    public void Its_beginning_may_be_missing()
    {
        LeaseHistory lease = HistoryOf(Event(AuditEvent.Released, 90) with { WaitedMilliseconds = 20_000, DurationMilliseconds = 60_000 }).Leases.Single();
        Assert.AreEqual((Start.AddSeconds(30), Start.AddSeconds(10)), (lease.RunStart, lease.WaitStart));
        Assert.AreEqual(LeaseFate.Succeeded, lease.Fate);
    }

    [TestMethod]
    [DataRow(AuditEvent.Stopped, null, LeaseFate.Ended)]
    [DataRow(AuditEvent.Cancelled, null, LeaseFate.Cancelled)]
    [DataRow(AuditEvent.Killed, null, LeaseFate.Died)]
    [DataRow(AuditEvent.Killed, "memory", LeaseFate.Ended)]
    [DataRow(AuditEvent.Refused, "refused", LeaseFate.Refused)]
    [DataRow(AuditEvent.Acquired, null, LeaseFate.Unknown)]
    public void What_became_of_it_is_in_its_last_event(AuditEvent last, string? outcome, LeaseFate expected) =>
        Assert.AreEqual(expected, HistoryOf(Event(AuditEvent.Acquired, 0), Event(last, 5) with { Outcome = outcome }).Leases.Single().Fate);

    [TestMethod]
    public void Who_is_stopped_and_then_releases_was_stopped() => Assert.AreEqual(
        LeaseFate.Ended, HistoryOf(Event(AuditEvent.Stopped, 0), Event(AuditEvent.Released, 1) with { Outcome = "cancelled" }).Leases.Single().Fate);

    [TestMethod]
    [DataRow(long.MaxValue)]
    [DataRow(long.MinValue)]
    [DataRow(-1L)]
    public void Figures_that_cannot_be_are_no_failure(long number)
    {
        AuditRecord record = Event(AuditEvent.Released, 0) with { WaitedMilliseconds = number, DurationMilliseconds = number, PeakMemoryBytes = number };
        TrailHistory history = HistoryOf(record, record with { Time = DateTimeOffset.MinValue, Lease = "b" }, record with { Time = DateTimeOffset.MaxValue, Lease = "c" });
        var scale = TimeScale.Of(history.Leases);
        foreach (LeaseHistory lease in history.Leases)
        {
            Assert.IsTrue(lease.Waited >= TimeSpan.Zero && lease.Ran >= TimeSpan.Zero, $"{lease.Waited} {lease.Ran}");
            Assert.IsTrue(scale.PositionOf(lease.WaitStart) is >= 0 and <= 1);
        }

        Assert.IsGreaterThanOrEqualTo(1, QueueDepth.Of(history.Leases, scale, 10).Length);
        Assert.IsNotEmpty(DayFigures.Of(history.Leases, TimeZoneInfo.Utc));
        Assert.IsNotNull(LabelFigures.Of(history.Leases));
    }

    [TestMethod]
    public void Idle_time_is_cut_short_and_can_be_told_back()
    {
        var scale = new TimeScale([(Start, Start.AddMinutes(1)), (Start.AddDays(3), Start.AddDays(3).AddMinutes(1))]);
        Assert.HasCount(1, scale.Cuts);
        Assert.AreEqual(0.5, scale.Cuts[0], 0.001);
        Assert.IsGreaterThan(0.45, scale.PositionOf(Start.AddMinutes(1)));
        Assert.IsLessThan(TimeSpan.FromMilliseconds(1), (scale.TimeAt(scale.PositionOf(Start.AddSeconds(30))) - Start.AddSeconds(30)).Duration());
        Assert.AreEqual(1, scale.PositionOf(DateTimeOffset.MaxValue));
        Assert.AreEqual(0, scale.PositionOf(DateTimeOffset.MinValue));
    }

    [TestMethod]
    public void The_depth_of_the_queue_is_how_many_waited_at_once()
    {
        TrailHistory history = HistoryOf(
            Waited("a", from: 0, to: 50), Waited("b", from: 0, to: 20), Waited("c", from: 90, to: 100));
        CollectionAssert.AreEqual(new[] { 2, 2, 2, 1, 1, 1, 0, 0, 0, 1 }, QueueDepth.Of(history.Leases, TimeScale.Of([.. history.Leases, .. HistoryOf(Waited("d", 0, 100)).Leases]), 10));
    }

    [TestMethod]
    public void Growth_is_told_when_there_is_enough_to_tell_it_of()
    {
        TrailHistory history = HistoryOf([.. Enumerable.Range(0, 9).Select(i =>
            Event(AuditEvent.Released, 100 * i) with { Lease = $"user/{i}", DurationMilliseconds = 10, PeakMemoryBytes = i < 5 ? 100 : 150 })]);
        LabelFigures label = LabelFigures.Of(history.Leases).Single();
        Assert.AreEqual(0.5, label.Growth!.Value, 0.001);
        Assert.HasCount(9, label.Peaks);
        Assert.IsNull(LabelFigures.Of(history.Leases.Take(5)).Single().Growth);
    }

    private static AuditRecord Waited(string lease, int from, int to) =>
        Event(AuditEvent.Acquired, to) with { Lease = lease, WaitedMilliseconds = 1000L * (to - from) };

    private static TrailHistory HistoryOf(params AuditRecord[] records)
    {
        var history = new TrailHistory();
        foreach (AuditRecord record in records)
        {
            history.Add(record);
        }

        return history;
    }

    private static AuditRecord Event(AuditEvent name, int second) =>
        new() { Event = name, Time = Start.AddSeconds(second), Lease = "user/1-00000000", Label = "work" };
}
