using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class UnforeseenTests
{
    [TestMethod]
    public void What_nobody_foresaw_is_125() =>
        Assert.AreEqual(ExitCodes.GuardFailed, Program.Guard(["status"], () => throw new InvalidOperationException("provoked by a test")));

    [TestMethod]
    public void It_says_in_one_line_what_happened_and_where()
    {
        string text = "";
        try
        {
            throw new InvalidOperationException("the thing\nwas not there");
        }
        catch (InvalidOperationException e)
        {
            Assert.AreEqual("BG0099", Messages.Unforeseen(e, openFiles: null).Code);
            text = Messages.Unforeseen(e, openFiles: null).Text;
        }

        StringAssert.StartsWith(text, "a mistake in BuildGuard itself: InvalidOperationException: the thing was not there (at BuildGuard.Cli.Tests.UnforeseenTests.It_says");
    }
}
