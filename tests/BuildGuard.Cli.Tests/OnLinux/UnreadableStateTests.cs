namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>A state directory that may not be read must not look as if nobody held, waited or ran.</summary>
[TestClass]
public sealed class UnreadableStateTests
{
    /// <summary>Root reads everything; without this capability it is a user like others (capabilities(7)).</summary>
    internal static readonly string AsUser =
        Environment.IsPrivilegedProcess ? "setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search $HELPER " : "$HELPER ";

    [TestMethod]
    [DataRow("status")]
    [DataRow("status --json")]
    [DataRow("queue")]
    [DataRow("queue --watch")]
    [DataRow("log")]
    [DataRow("log --follow")]
    [DataRow("top")]
    [DataRow("monitor --json")]
    [DataRow("monitor --once")]
    [DataRow("report --output -")]
    public void The_directory_itself(string line)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Result result = OutputTests.Shell(sandbox, $"chmod 000 \"$BUILDGUARD_STATE_DIR\"; $HELPER {line}; code=$?; chmod 700 \"$BUILDGUARD_STATE_DIR\"; exit $code");
        Assert.AreEqual(125, result.ExitCode);
        Assert.AreEqual("", result.Output);
        StringAssert.Contains(result.ErrorLine, $"BG0010: the state directory '{sandbox.State}' is not trusted: its owner may not read and enter it (mode 0); run: chmod 700 ");
    }

    [TestMethod]
    [DataRow("status", "locks/user")]
    [DataRow("queue --json", "locks")]
    [DataRow("log --json", "audit")]
    [DataRow("report --output -", "audit")]
    [DataRow("top", "audit/audit.jsonl")]
    [DataRow("log", "audit/audit.jsonl")]
    [DataRow("status", "..")]
    [DataRow("log", "..")]
    public void A_part_of_it_or_the_way_to_it(string line, string part)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        string path = Path.GetFullPath(Path.Combine(sandbox.State, part));
        UnixFileMode mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, UnixFileMode.None);
        Result result;
        try
        {
            // From the root directory, so that only the state is out of reach.
            result = OutputTests.Shell(sandbox, $"cd /; {AsUser}{line}", sandbox.Root == path ? "/" : null);
        }
        finally
        {
            File.SetUnixFileMode(path, mode);
        }

        Assert.AreEqual(125, result.ExitCode, result.Error);
        Assert.AreEqual("", result.Output);
        StringAssert.Matches(result.ErrorLine, new("^buildguard: error BG001[01]: .*" + sandbox.State));
    }

    /// <summary>To look at it, it need not be writable.</summary>
    [TestMethod]
    public void A_directory_that_can_only_be_read_can_be_looked_at_and_not_used()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        File.SetUnixFileMode(sandbox.State, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.AreEqual(0, sandbox.Run("status").ExitCode);
            Assert.AreEqual(0, sandbox.Run("log").ExitCode);
            Result run = sandbox.Run("run", "--preflight", "off", "--", "true");
            Assert.AreEqual(125, run.ExitCode);
            StringAssert.Contains(run.ErrorLine, "is not trusted: its owner may not write to it (mode 500); run: chmod 700 ");
        }
        finally
        {
            File.SetUnixFileMode(sandbox.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
