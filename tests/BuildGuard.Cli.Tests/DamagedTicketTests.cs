namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class DamagedTicketTests
{
    [TestMethod]
    public void A_garbage_ticket_is_called_damaged_and_nobody_is_made_up_for_it()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        File.WriteAllText(Path.Combine(sandbox.State, "locks", "user", "7-00000001"), "garbage");
        Result result = sandbox.Run("run", "--preflight", "off", "--", "echo", "hello");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("hello\n", result.Output);
        StringAssert.StartsWith(
            result.Error,
            "buildguard: BG1002: the ticket of user/7-00000001 is damaged or gone and nobody holds it, so it cannot be told whose it was: what may be left of it is being ended first");
        StringAssert.Contains(result.Error, "\nbuildguard: warning BG1010: ");
        Assert.IsFalse(result.Error.Contains("unknown", StringComparison.Ordinal) || result.Error.Contains("pid 0", StringComparison.Ordinal), result.Error);
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.State, "damaged", "7-00000001")));
    }
}
