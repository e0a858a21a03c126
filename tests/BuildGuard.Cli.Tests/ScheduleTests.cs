using System.Text.Json;
using System.Xml.Linq;

namespace BuildGuard.Cli.Tests;

/// <summary>What reaps from time to time, by programs that stand in for those of the machine.</summary>
[TestClass]
public sealed class ScheduleTests
{
    private static CronDaemon? s_cron;

    [ClassInitialize]
    public static void StartCron(TestContext context) => s_cron = new CronDaemon();

    [ClassCleanup]
    public static void EndCron() => s_cron!.Dispose();

    [TestMethod]
    public void Systemd_gets_a_timer_that_is_enabled_and_goes_again()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: true);
        string folder = Path.Combine(clock.Home, ".config", "systemd", "user");

        Assert.AreEqual($"systemd: installed now ({folder}/buildguard-reap.service, {folder}/buildguard-reap.timer)\n", clock.Run("install", "--interval", "1h").Output);
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, "buildguard-reap.timer")), "OnActiveSec=3600\nOnUnitActiveSec=3600\n");
        string service = File.ReadAllText(Path.Combine(folder, "buildguard-reap.service"));
        StringAssert.Contains(service, $"Environment=\"BUILDGUARD_STATE_DIR={sandbox.State}\"\nExecStart=\"/");
        StringAssert.EndsWith(service, " \"reap\"\n");
        CollectionAssert.AreEqual(
            (string[])["--user daemon-reload", "--user enable buildguard-reap.timer", "--user restart buildguard-reap.timer"], clock.Told);
        Assert.IsNull(clock.Crontab);

        clock.Run("install", "--interval", "1h");
        Assert.HasCount(3, clock.Told, "the second time told systemd something");
        clock.Run("remove");
        CollectionAssert.AreEqual((string[])["--user disable --now buildguard-reap.timer", "--user daemon-reload"], clock.Told[3..]);
        Assert.IsEmpty(Directory.GetFiles(folder));
    }

    /// <summary>systemd-analyze(1) reads them as the manager would; a word that it does not know it names.</summary>
    [TestMethod]
    public void Systemd_itself_finds_nothing_wrong_with_the_units()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: true);
        Assert.AreEqual(0, clock.Run("install", "--interval", "10m", "--idle", "30m").ExitCode);
        Result verified = OutputTests.Shell(sandbox, $"""
            command -v systemd-analyze >/dev/null || exit 96
            XDG_RUNTIME_DIR=$PWD exec systemd-analyze verify --user '{clock.Home}/.config/systemd/user/'buildguard-reap.*
            """);
        if (verified.ExitCode == 96)
        {
            Assert.Inconclusive("systemd-analyze is not installed (Debian: apt-get install systemd)");
        }

        Assert.AreEqual("", verified.Error);
        Assert.AreEqual(0, verified.ExitCode);
    }

    [TestMethod]
    [DataRow("cron")]
    [DataRow("systemd")]
    [DataRow("launchd")]
    [DataRow("taskscheduler")]
    public void A_rule_for_idle_leftovers_does_not_go_without_a_word(string kind)
    {
        const string Dropped = "the earlier one had --idle 30m, this one has not: give it again to keep it";
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: true);
        Assert.DoesNotContain("--idle", clock.Run("install", "--kind", kind, "--idle", "30m").Output);
        Assert.DoesNotContain("--idle", clock.Run("install", "--kind", kind, "--idle", "30m", "--interval", "30m").Output);
        StringAssert.Contains(clock.Run("install", "--kind", kind, "--dry-run").Output, Dropped);
        StringAssert.Contains(clock.Run("install", "--kind", kind).Output, Dropped);
        Assert.DoesNotContain("--idle", clock.Run("install", "--kind", kind).Output);
    }

    [TestMethod]
    [DataRow("cron", "30m")]
    [DataRow("cron", "2h")]
    [DataRow("systemd", "45m")]
    [DataRow("launchd", "45m")]
    [DataRow("taskscheduler", "45m")]
    public void An_interval_does_not_go_without_a_word(string kind, string earlier)
    {
        string dropped = $"the earlier one had --interval {earlier}, this one has 10m: give it again to keep it";
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: true);
        Assert.DoesNotContain("--interval", clock.Run("install", "--kind", kind, "--interval", earlier).Output);
        Assert.DoesNotContain("--interval", clock.Run("install", "--kind", kind, "--interval", earlier, "--idle", "30m").Output);
        StringAssert.Contains(clock.Run("install", "--kind", kind, "--dry-run", "--idle", "30m").Output, dropped);
        StringAssert.Contains(clock.Run("install", "--kind", kind, "--idle", "30m").Output, dropped);
        Assert.DoesNotContain("--interval", clock.Run("install", "--kind", kind, "--idle", "30m").Output);
        Assert.DoesNotContain("--interval", clock.Run("install", "--kind", kind, "--idle", "30m", "--interval", "1h").Output, "it was asked for");
    }

    [TestMethod]
    public void The_files_for_other_systems_are_written_and_said_to_do_nothing_here()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        foreach ((string kind, string element) in ((string, string)[])[("launchd", "array"), ("taskscheduler", "Command")])
        {
            Result installed = clock.Run("install", "--kind", kind);
            StringAssert.Contains(installed.Output, $"{kind} does not run here: the file is written, and nothing starts it; nobody has tested this kind yet: see that it does what it should");
            JsonElement status = clock.Run("status", "--kind", kind, "--json").Json.GetProperty("schedules")[0];
            Assert.AreEqual("installed", status.GetProperty("state").GetString());
            string file = status.GetProperty("parts")[0].GetProperty("place").GetString()!;
            StringAssert.StartsWith(file, clock.Home);
            Assert.IsTrue(XDocument.Load(file).Descendants().Any(e => e.Name.LocalName == element), file);
            clock.Run("remove", "--kind", kind);
            Assert.IsFalse(File.Exists(file));
        }
    }

    /// <summary>What has not happened is not told as if it had.</summary>
    [TestMethod]
    [DataRow("launchd")]
    [DataRow("taskscheduler")]
    [DataRow("systemd")]
    [DataRow("cron")]
    public void A_dry_run_says_what_would_be(string kind)
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        File.Delete(Path.Combine(clock.Bin, "crontab"));
        string[] before = GitSandbox.Photograph(clock.Home);
        string planned = clock.Run("install", "--kind", kind, "--dry-run").Output;
        StringAssert.StartsWith(planned, $"{kind}: planned (");
        StringAssert.Contains(planned, $"; {kind} does not run here: the file would be written, and nothing starts it");
        Assert.DoesNotContain(" is written", planned);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(clock.Home));

        if (kind is "launchd" or "taskscheduler")
        {
            clock.Run("install", "--kind", kind);
            string[] installed = GitSandbox.Photograph(clock.Home);
            StringAssert.Contains(clock.Run("remove", "--kind", kind, "--dry-run").Output, "; it would be taken away\n");
            CollectionAssert.AreEqual(installed, GitSandbox.Photograph(clock.Home));
            StringAssert.StartsWith(clock.Run("remove", "--kind", kind).Output, $"{kind}: taken away (");
        }
    }

    [TestMethod]
    public void Where_nothing_keeps_the_time_one_line_says_so()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        File.Delete(Path.Combine(clock.Bin, "crontab"));
        Result refused = clock.Run("install");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, "there is neither a systemd of this user nor a crontab here");
    }
}
