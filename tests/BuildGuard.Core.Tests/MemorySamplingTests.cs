using BuildGuard.Containment;
using BuildGuard.Operations;
using CsCheck;

namespace BuildGuard.Core.Tests;

/// <summary>What is kept of the looks at an operation's memory.</summary>
[TestClass]
public sealed class MemorySamplingTests
{
    /// <summary>Looks at growing times, as close and as far apart as they come, and what each found.</summary>
    private static readonly Gen<(long At, long Bytes)[]> Looks =
        Gen.Select(Gen.OneOf(Gen.Long[0, 30], Gen.Long[20, 2000], Gen.Long[0, 100_000_000]), Gen.Long[0, 1L << 40]).Array[2, 300].Select(steps =>
        {
            long at = 0;
            return steps.Select(step => (at += step.Item1, step.Item2)).ToArray();
        });

    [TestMethod]
    public void Nothing_that_was_found_is_lost_and_nothing_is_invented() => Looks.Sample(looks =>
    {
        MemorySeries series = SeriesOf(looks, after: 7);
        Assert.IsLessThanOrEqualTo(MemorySeries.MostPoints, series.Bytes.Count);
        Assert.AreEqual(looks.Max(look => look.Bytes), series.Bytes.Max());
        foreach ((long at, long bytes) in looks)
        {
            Assert.IsGreaterThanOrEqualTo(bytes, series.Bytes[(int)(at / series.EveryMilliseconds)]);
        }

        Assert.IsEmpty(series.Bytes.Except(looks.Select(look => look.Bytes)));
    });

    [TestMethod]
    public void It_reaches_to_the_end_and_is_as_fine_as_there_is_room() => Looks.Sample(looks =>
    {
        MemorySeries series = SeriesOf(looks, after: 7);
        long duration = looks[^1].At + 7;
        Assert.IsGreaterThanOrEqualTo(duration, series.EveryMilliseconds * series.Bytes.Count);
        Assert.IsLessThan(duration, series.EveryMilliseconds * (series.Bytes.Count - 1));
        Assert.IsTrue(series.EveryMilliseconds == 20 || duration > series.EveryMilliseconds * MemorySeries.MostPoints / 2, $"{series.EveryMilliseconds} of {duration}");
    });

    [TestMethod]
    public void What_only_grows_is_kept_as_growing() => Looks.Sample(looks =>
    {
        long[] ordered = [.. looks.Select(look => look.Bytes).Order()];
        MemorySeries series = SeriesOf([.. looks.Select((look, i) => (look.At, ordered[i]))], after: 1);
        CollectionAssert.AreEqual(series.Bytes.Order().ToArray(), series.Bytes.ToArray());
    });

    [TestMethod]
    public void One_look_is_no_series()
    {
        var sampling = new MemorySampling();
        Assert.IsNull(sampling.Conclude(TimeSpan.FromDays(1)));
        sampling.Add(TimeSpan.FromMilliseconds(20), 5);
        Assert.IsNull(sampling.Conclude(TimeSpan.FromDays(1)));
        sampling.Add(TimeSpan.FromMilliseconds(45), 7);
        MemorySeries series = sampling.Conclude(TimeSpan.FromMilliseconds(61))!;
        CollectionAssert.AreEqual(new long[] { 5, 5, 7, 7 }, series.Bytes.ToArray());
    }

    [TestMethod]
    public void A_month_of_looks_takes_no_more_than_the_first()
    {
        var sampling = new MemorySampling();
        sampling.Add(TimeSpan.Zero, 1);
        sampling.Add(TimeSpan.FromMilliseconds(20), 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int second = 1; second <= 30 * 24 * 3600; second += 2)
        {
            sampling.Add(TimeSpan.FromSeconds(second), second == 1_000_001 ? long.MaxValue : second);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        MemorySeries series = sampling.Conclude(TimeSpan.FromDays(30))!;
        Assert.AreEqual(1_000_001_000 / series.EveryMilliseconds, series.Bytes.ToList().IndexOf(long.MaxValue));
    }

    private static MemorySeries SeriesOf((long At, long Bytes)[] looks, long after)
    {
        var sampling = new MemorySampling();
        foreach ((long at, long bytes) in looks)
        {
            sampling.Add(TimeSpan.FromMilliseconds(at), bytes);
        }

        return sampling.Conclude(TimeSpan.FromMilliseconds(looks[^1].At + after))!;
    }
}
