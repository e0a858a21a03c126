using BuildGuard.Settings;
using CsCheck;
using Size = BuildGuard.Settings.Size;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class SizeTests
{
    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow("1048576", 1048576L)]
    [DataRow("512M", 512L << 20)]
    [DataRow("512m", 512L << 20)]
    [DataRow("8G", 8L << 30)]
    [DataRow("8GB", 8L << 30)]
    [DataRow("8GiB", 8L << 30)]
    [DataRow("8 GiB", 8L << 30)]
    [DataRow(" 64K ", 64L << 10)]
    [DataRow("2T", 2L << 40)]
    [DataRow("100B", 100L)]
    [DataRow("1.5G", 3L << 29)]
    [DataRow("0.5K", 512L)]
    [DataRow("9223372036854775807", long.MaxValue)]
    public void Reads(string text, long bytes)
    {
        Assert.IsTrue(Size.TryParse(text, out long read));
        Assert.AreEqual(bytes, read);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" ")]
    [DataRow("M")]
    [DataRow("-1")]
    [DataRow("+1")]
    [DataRow("1.5")]
    [DataRow("1,5G")]
    [DataRow(".5G")]
    [DataRow("5.G")]
    [DataRow("1.2.3G")]
    [DataRow("1e3")]
    [DataRow("8X")]
    [DataRow("8GX")]
    [DataRow("8iB")]
    [DataRow("8GG")]
    [DataRow("8  G")]
    [DataRow("0x10")]
    [DataRow("9223372036854775808")]
    [DataRow("99999999T")]
    [DataRow("lots")]
    [DataRow("８G")]
    public void Refuses(string text) => Assert.IsFalse(Size.TryParse(text, out _));

    [TestMethod]
    public void What_is_written_exactly_is_read_again() =>
        Gen.Select(Gen.Long[1, 1023], Gen.Int[0, 4]).Sample((count, unit) =>
        {
            long bytes = count << (10 * unit);
            return Size.TryParse(Size.ToText(bytes), out long read) && read == bytes;
        });

    [TestMethod]
    public void Rounded_text_is_within_a_tenth_of_its_unit() =>
        Gen.Long[0, long.MaxValue / 2].Sample(bytes =>
            Size.TryParse(Size.ToText(bytes), out long read) && Math.Abs(read - bytes) <= Math.Max(bytes / 10, 0) + 1);

    [TestMethod]
    public void Nothing_that_is_typed_makes_it_throw() =>
        Gen.String.Sample(text => Size.TryParse(text, out long bytes) ? bytes >= 0 : bytes == 0);
}
