using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>When a group counts as at its limit though the kernel does not say so.</summary>
[TestClass]
public sealed class SqueezeTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Limit = 200 * Mebibyte;

    [TestMethod]
    public void AtTheLimitWithPagesThatComeBackForAsLongAsThatItIsThere()
    {
        var squeeze = new Squeeze(Limit);
        squeeze.Look(Limit - Mebibyte, 3 * Mebibyte, 100, 1000);
        Assert.IsFalse(squeeze.IsThere);
        squeeze.Look(Limit, 3 * Mebibyte, 150, 1000 + Squeeze.Patience - 1);
        Assert.IsFalse(squeeze.IsThere);
        squeeze.Look(Limit, 3 * Mebibyte, 150, 1000 + Squeeze.Patience);
        Assert.IsTrue(squeeze.IsThere);
    }

    [TestMethod]
    [DataRow(190, 3, 100, DisplayName = "below the limit")]
    [DataRow(200, 40, 100, DisplayName = "much cache left")]
    [DataRow(200, 3, 5, DisplayName = "nothing comes back")]
    public void ElseItIsNot(int used, int cache, int faults)
    {
        var squeeze = new Squeeze(Limit);
        squeeze.Look(used * Mebibyte, cache * Mebibyte, 0, 1000);
        squeeze.Look(used * Mebibyte, cache * Mebibyte, faults, 9000);
        Assert.IsFalse(squeeze.IsThere);
    }

    [TestMethod]
    public void AMomentOfRelaxationBeginsItAnew()
    {
        var squeeze = new Squeeze(Limit);
        squeeze.Look(Limit, 0, 0, 1000);
        squeeze.Look(Limit / 2, 0, 50, 1100);
        squeeze.Look(Limit, 0, 100, 1200);
        squeeze.Look(Limit, 0, 200, 1000 + Squeeze.Patience);
        Assert.IsFalse(squeeze.IsThere);
    }

    [TestMethod]
    public void WithoutALimitThereIsNone()
    {
        var squeeze = new Squeeze(null);
        squeeze.Look(long.MaxValue / 2, 0, 0, 1000);
        squeeze.Look(long.MaxValue / 2, 0, 100, 9000);
        Assert.IsFalse(squeeze.IsThere);
    }
}
