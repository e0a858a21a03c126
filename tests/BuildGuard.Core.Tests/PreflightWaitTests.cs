using System.Text;
using BuildGuard.Diagnostics;
using BuildGuard.Preflight;
using CsCheck;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class PreflightWaitTests
{
    [TestMethod]
    public void It_is_read_as_it_was_written() =>
        Gen.Select(Gen.Long[0, long.MaxValue].Nullable(), Gen.Long[0, long.MaxValue].Nullable(), Gen.Double[0, 1e6].Nullable(), Gen.Double[0, 1e6].Nullable())
            .Sample((required, free, max, load) =>
            {
                var wait = new PreflightWait(required, free, max, load);
                byte[] line = wait.Encode();
                Assert.HasCount(PreflightWait.Length, line);
                Assert.AreEqual(wait, PreflightWait.Decode(line));
            });

    [TestMethod]
    public void Garbage_is_nothing() => Gen.Byte.Array[0, 200].Sample(bytes => Assert.IsNull(PreflightWait.Decode(bytes)));

    [TestMethod]
    [DataRow("BGW2 1 1 - -")]
    [DataRow("BGW1 1 1 -")]
    [DataRow("BGW1 1 1 - x")]
    [DataRow("BGW1 1 1 - - -")]
    public void What_is_nearly_one_is_nothing(string text) =>
        Assert.IsNull(PreflightWait.Decode(Encoding.ASCII.GetBytes(text.PadRight(PreflightWait.Length - 1) + "\n")));

    [TestMethod]
    [DataRow(8, "8.0")]
    [DataRow(2.75, "2.75")]
    [DataRow(0.001, "0.001")]
    [DataRow(0.00012345, "0.00012345")]
    [DataRow(0.3, "0.3")]
    [DataRow(999999.5, "999999.5")]
    public void A_limit_of_the_load_has_as_many_digits_as_it_needs(double max, string text)
    {
        Assert.AreEqual($"a lower load (at most {text} allowed, 14.20 now)", new PreflightWait(null, null, max, 14.2).ToString());
        StringAssert.Contains(Messages.LoadTooHigh(MessageLevel.Error, 14.2, max).Text, $"load too high: 14.20 over one minute, at most {text} allowed");
    }

    [TestMethod]
    public void It_says_what_is_needed_and_what_there_is()
    {
        Assert.AreEqual("memory (4G required, 1G free)", new PreflightWait(4L << 30, 1L << 30, null, null).ToString());
        Assert.AreEqual("a lower load (at most 8.0 allowed, 14.20 now)", new PreflightWait(null, null, 8, 14.2).ToString());
        Assert.AreEqual(
            "memory (4G required, 1G free) and a lower load (at most 8.0 allowed, 14.20 now)", new PreflightWait(4L << 30, 1L << 30, 8, 14.2).ToString());
    }

    [TestMethod]
    public void Those_behind_are_told_in_one_line()
    {
        Assert.AreEqual(
            "waiting for the turn at position 1: 'make' (pid 7) is just getting it",
            Messages.WaitingBehind(1, "make", 7, TimeSpan.FromSeconds(3), null, TimeSpan.Zero).Text);
        Assert.AreEqual(
            "still waiting for the turn at position 2 after 15s: 'make' (pid 7), in the queue for 18s, is first and keeps it while it waits for memory (4G required, 1G free)",
            Messages.WaitingBehind(2, "make", 7, TimeSpan.FromSeconds(18), new PreflightWait(4L << 30, 1L << 30, null, null), TimeSpan.FromSeconds(15)).Text);
    }
}
