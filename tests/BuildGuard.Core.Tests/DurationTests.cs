using BuildGuard.Settings;
using CsCheck;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class DurationTests
{
    [TestMethod]
    [DataRow("30s", 30_000L)]
    [DataRow("5m", 300_000L)]
    [DataRow("1h", 3_600_000L)]
    [DataRow("500ms", 500L)]
    [DataRow("1h30m", 5_400_000L)]
    [DataRow("1d2h3m4s5ms", 93_784_005L)]
    [DataRow("0s", 0L)]
    [DataRow(" 90S ", 90_000L)]
    [DataRow("3650d", 315_360_000_000L)]
    public void Reads(string text, long milliseconds)
    {
        Assert.IsTrue(Duration.TryParse(text, out TimeSpan read));
        Assert.AreEqual(milliseconds, (long)read.TotalMilliseconds);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("30")]
    [DataRow("s")]
    [DataRow("-5m")]
    [DataRow("1.5h")]
    [DataRow("30m1h")]
    [DataRow("1m1m")]
    [DataRow("5 m")]
    [DataRow("5min")]
    [DataRow("1h30")]
    [DataRow("3651d")]
    [DataRow("99999999999999999999s")]
    [DataRow("9223372036854775807ms")]
    [DataRow("soon")]
    public void Refuses(string text) => Assert.IsFalse(Duration.TryParse(text, out _));

    [TestMethod]
    public void What_is_written_is_read_again() =>
        Gen.Long[0, 315_360_000_000L].Sample(milliseconds =>
        {
            TimeSpan duration = TimeSpan.FromMilliseconds(milliseconds);
            return Duration.TryParse(Duration.ToText(duration), out TimeSpan read) && read == duration;
        });

    [TestMethod]
    [DataRow(0L, "0s")]
    [DataRow(345L, "345ms")]
    [DataRow(61_999L, "1m1s")]
    [DataRow(3_725_000L, "1h2m")]
    [DataRow(90_061_000L, "1d1h")]
    [DataRow(-5L, "0s")]
    public void Ages_have_two_units_at_most(long milliseconds, string text) =>
        Assert.AreEqual(text, Duration.ToAge(TimeSpan.FromMilliseconds(milliseconds)));

    [TestMethod]
    public void Nothing_that_is_typed_makes_it_throw() =>
        Gen.String.Sample(text => Duration.TryParse(text, out TimeSpan duration) ? duration >= TimeSpan.Zero : duration == default);
}
