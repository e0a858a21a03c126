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
    [DataRow("status --watch")]
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

    /// <summary>Each says the same, whatever it looks at first.</summary>
    [TestMethod]
    [DataRow("status")]
    [DataRow("queue")]
    [DataRow("top")]
    [DataRow("monitor --once")]
    public void Another_users_directory(string line)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can give a directory to another user");
        }

        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Result result = OutputTests.Shell(sandbox, $"chown -R 1234 \"$BUILDGUARD_STATE_DIR\"; {AsUser}{line}");
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, "is not trusted: it belongs to another user (uid 1234, not 0)");
    }

    [TestMethod]
    [DataRow("status", "locks/user")]
    [DataRow("queue --json", "locks")]
    [DataRow("log --json", "audit")]
    [DataRow("report --output -", "audit")]
    [DataRow("log", "audit/audit.jsonl")]
    [DataRow("top", "locks/user")]
    [DataRow("monitor --once", "locks")]
    [DataRow("monitor --once --json", "locks/user")]
    [DataRow("reap", "locks/user")]
    [DataRow("report --output -", "locks")]
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

    /// <summary>What runs inside a lease would seem not to be there.</summary>
    [TestMethod]
    [DataRow("status")]
    [DataRow("queue")]
    [DataRow("reap")]
    [DataRow("monitor --once")]
    public void The_queue_inside_a_lease(string line)
    {
        using var sandbox = new Sandbox();
        string helper = string.Join(' ', Helper.Program);
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", $"{helper} run --preflight off -- sh -c 'echo ready; read go'");
        Assert.AreEqual("ready", holder.ReadLine());
        string inside = Directory.GetDirectories(Path.Combine(sandbox.State, "locks", "user")).Single();
        Result result = OutputTests.Shell(sandbox, $"chmod 000 '{inside}'; {AsUser}{line}; code=$?; chmod 700 '{inside}'; exit $code");
        Assert.AreEqual(125, result.ExitCode, result.Output);
        StringAssert.Contains(result.ErrorLine, $"BG0011: '{inside}' cannot be read: Permission denied; make it readable, or ");
    }

    /// <summary>In an emergency nobody may believe that it is over.</summary>
    [TestMethod]
    [DataRow("locks")]
    [DataRow("locks/user")]
    public void What_stop_cannot_look_through_is_not_proven_to_be_empty(string part)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        string path = Path.Combine(sandbox.State, part);
        Result result = OutputTests.Shell(sandbox, $"chmod 000 '{path}'; {AsUser}stop --yes; code=$?; chmod 700 '{path}'; exit $code");
        Assert.AreEqual(1, result.ExitCode, result.Error);
        StringAssert.Contains(result.Output, $"BG0010: the state directory '{path}' is not trusted: its owner may not read and enter it (mode 0); ");
        StringAssert.Contains(result.Output, "so it is not proven that nothing is left");
        Assert.DoesNotContain("nobody holds", result.Output);
    }

    /// <summary>Who holds and who waits does not stand in the trail.</summary>
    [TestMethod]
    [DataRow("chmod 000 \"$AUDIT\"", " cannot be read: Permission denied; ")]
    [DataRow("rm \"$AUDIT\"; mkdir \"$AUDIT\"", " cannot be used: it is a directory; ")]
    public void The_dashboard_shows_the_rest_where_the_trail_cannot_be_read(string damage, string expected)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        using Helper holder = sandbox.Start([], "run", "--label", "nightly", "--preflight", "off", "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", holder.ReadLine());

        // It is written down when the command runs already, and would come in between.
        Helper.Await(() => File.ReadAllText(sandbox.AuditFile), trail => trail.Contains("nightly", StringComparison.Ordinal));
        Result result = OutputTests.Shell(sandbox, $"AUDIT='{sandbox.AuditFile}'; {damage}; {AsUser}top; code=$?; chmod 700 \"$AUDIT\"; exit $code");
        Assert.AreEqual("", result.Error);
        Assert.AreEqual(0, result.ExitCode);
        StringAssert.Contains(result.Output, " operation nightly ");
        string[] lines = result.Output.Split('\n');
        string problem = string.Join(' ', lines[(Array.IndexOf(lines, "LATEST") + 1)..].Select(line => line.Trim()));
        StringAssert.StartsWith(problem, $"BG0011: '{sandbox.AuditFile}'{expected}");
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
