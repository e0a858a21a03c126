using BuildGuard.Settings;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class PreflightModeTests
{
    [TestMethod]
    [DataRow("error", "error")]
    [DataRow("WAIT", "wait")]
    [DataRow("wait:10m", "wait:10m")]
    [DataRow("wait:0s", "wait:0s")]
    [DataRow("warn", "warn")]
    [DataRow(" off ", "off")]
    public void Reads(string text, string written)
    {
        Assert.IsTrue(PreflightMode.TryParse(text, out PreflightMode mode));
        Assert.AreEqual(written, mode.ToString());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("wait:")]
    [DataRow("wait:ten")]
    [DataRow("error:5m")]
    [DataRow("on")]
    public void Refuses(string text) => Assert.IsFalse(PreflightMode.TryParse(text, out _));
}
