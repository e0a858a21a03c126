using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Reporting;
using CsCheck;

namespace BuildGuard.Core.Tests;

/// <summary>The memory of all operations together.</summary>
[TestClass]
public sealed class MemoryOverTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void One_is_shown_as_it_was()
    {
        MemoryOverTime memory = Of(10, Operation("user/1", 0, 10, 5, 9, 3, 3, 1));
        CollectionAssert.AreEqual(new long[] { 5, 5, 9, 9, 9, 3, 3, 3, 3, 1 }, Heights(memory));
        Assert.AreEqual((9L, 1, false), (memory.MostBytes, memory.MostAtOnce, memory.HasFlat));
    }

    [TestMethod]
    public void Those_that_ran_at_once_are_added_up()
    {
        MemoryOverTime memory = Of(10, Operation("user/1", 0, 100, 5, 9), Operation("user/2", 50, 100, 20));
        Assert.AreEqual((29L, 2), (memory.MostBytes, memory.MostAtOnce));
    }

    [TestMethod]
    public void Those_that_took_turns_are_not()
    {
        // The end of the first is written down after the beginning of the second.
        MemoryOverTime memory = Of(
            10,
            Event(AuditEvent.Acquired, "user/1", 0.005),
            Event(AuditEvent.Acquired, "user/2", 10.003),
            Event(AuditEvent.Released, "user/1", 10.004) with { DurationMilliseconds = 10_000, PeakMemoryBytes = 30 },
            Event(AuditEvent.Released, "user/2", 20) with { DurationMilliseconds = 9_997, PeakMemoryBytes = 40 });
        Assert.AreEqual((40L, 1), (memory.MostBytes, memory.MostAtOnce));
        CollectionAssert.AreEqual(new long[] { 30, 30, 30, 30, 30, 40, 40, 40, 40, 40 }, Heights(memory));
    }

    [TestMethod]
    public void What_stands_inside_an_operation_is_in_its_memory()
    {
        MemoryOverTime memory = Of(
            10, Operation("user/1", 0, 100, 50, 50), Operation("user/1/2", 10, 50, 20), Operation("user/1/2/7", 10, 20, 10), Operation("user/10", 0, 100, 3));
        Assert.AreEqual((53L, 2), (memory.MostBytes, memory.MostAtOnce));
    }

    [TestMethod]
    public void What_stands_in_a_build_counts_itself_for_a_build_has_no_memory_of_its_own()
    {
        MemoryOverTime memory = Of(
            10,
            [.. Operation("user/1", 0, 100), .. Operation("user/1/1", 10, 20, 7), .. Operation("user/1/2", 50, 90, 9), .. Operation("user/1/2/1/1", 60, 70, 8)]);
        Assert.AreEqual((9L, 1), (memory.MostBytes, memory.MostAtOnce));
    }

    [TestMethod]
    public void Whose_peak_alone_is_known_is_flat_and_told_apart()
    {
        MemoryOverTime memory = Of(
            10,
            [.. Operation("user/1", 0, 100, 5, 9), Event(AuditEvent.Acquired, "user/2", 50), Event(AuditEvent.Released, "user/2", 100) with { PeakMemoryBytes = 20 }]);
        Assert.IsTrue(memory.HasFlat);
        Assert.AreEqual(new MemoryPart(29, 20), memory.Parts[memory.Highest]);
        Assert.AreEqual(new MemoryPart(5, 0), memory.Parts[0]);
    }

    [TestMethod]
    public void Who_only_waited_or_whose_memory_is_unknown_is_not_there()
    {
        MemoryOverTime memory = Of(
            10, Event(AuditEvent.Enqueued, "user/1", 0), Event(AuditEvent.Refused, "user/2", 5) with { PeakMemoryBytes = 7 }, Event(AuditEvent.Acquired, "user/3", 6));
        Assert.AreEqual((0L, 0), (memory.MostBytes, memory.MostAtOnce));
        Assert.AreEqual(0, MemoryOverTime.Of([], TimeScale.Of([]), 10).MostBytes);
    }

    [TestMethod]
    public void However_few_parts_there_are_no_peak_is_lost() =>
        Gen.Select(Gen.Long[1, 1L << 40].Array[1, 64], Gen.Int[1, 400], Gen.Double[0.001, 1e6], Gen.Long[1, 1_000_000_000]).Sample((bytes, parts, seconds, every) =>
        {
            TrailHistory history = HistoryOf(
                Event(AuditEvent.Acquired, "user/1", 0),
                Event(AuditEvent.Released, "user/1", seconds) with { PeakMemoryBytes = 1, Memory = new MemorySeries(every, bytes) });
            Assert.AreEqual(bytes.Max(), MemoryOverTime.Of(history.Leases, TimeScale.Of(history.Leases), parts).MostBytes);
        });

    [TestMethod]
    public void Figures_that_cannot_be_are_no_failure()
    {
        AuditRecord record = Event(AuditEvent.Released, "a", 0) with
        {
            DurationMilliseconds = long.MaxValue,
            PeakMemoryBytes = long.MaxValue,
            Memory = new MemorySeries(3650L * 24 * 3600 * 1000, [.. Enumerable.Repeat(long.MaxValue, 64)]),
        };
        MemoryOverTime memory = Of(
            10,
            [
                .. from i in Enumerable.Range(0, 1000)
                   from time in (DateTimeOffset[])[DateTimeOffset.MinValue, Start, DateTimeOffset.MaxValue]
                   select record with { Lease = $"{time.Year}/{i}", Time = time, Memory = i % 2 == 0 ? record.Memory : null },
            ]);
        Assert.IsTrue(memory.Parts.All(part => part.Bytes >= part.FlatBytes && part.FlatBytes >= 0));
        Assert.IsGreaterThan(0, memory.MostBytes);
    }

    private static long[] Heights(MemoryOverTime memory) => [.. memory.Parts.Select(part => part.Bytes)];

    private static MemoryOverTime Of(int parts, params AuditRecord[] records)
    {
        TrailHistory history = HistoryOf(records);
        return MemoryOverTime.Of(history.Leases, TimeScale.Of(history.Leases), parts);
    }

    private static MemoryOverTime Of(int parts, params AuditRecord[][] records) => Of(parts, [.. records.SelectMany(r => r)]);

    private static AuditRecord[] Operation(string lease, int from, int to, params long[] bytes) =>
    [
        Event(AuditEvent.Acquired, lease, from),
        Event(AuditEvent.Released, lease, to) with
        {
            DurationMilliseconds = 1000L * (to - from),
            PeakMemoryBytes = bytes.Length == 0 ? null : bytes.Max(),
            Memory = bytes.Length == 0 ? null : new MemorySeries(1000L * (to - from) / bytes.Length, bytes),
        },
    ];

    private static TrailHistory HistoryOf(params AuditRecord[] records)
    {
        var history = new TrailHistory();
        foreach (AuditRecord record in records)
        {
            history.Add(record);
        }

        return history;
    }

    private static AuditRecord Event(AuditEvent name, string lease, double second) =>
        new() { Event = name, Time = Start.AddSeconds(second), Lease = lease, Kind = LeaseKind.Operation, Label = "work" };
}
