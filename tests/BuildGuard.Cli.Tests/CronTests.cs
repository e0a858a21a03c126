using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What reaps from time to time by a line in the crontab, which has lines of others.</summary>
[TestClass]
public sealed class CronTests
{
    private const string Foreign = "# mine: gr\u00fc\u00dfe \u00ff\nMAILTO=\"\"\n*/5 * * * *\ttouch /x\\%y  \n";

    private static CronDaemon? s_cron;

    [ClassInitialize]
    public static void StartCron(TestContext context) => s_cron = new CronDaemon();

    [ClassCleanup]
    public static void EndCron() => s_cron!.Dispose();

    /// <summary>In a container there is often a crontab and nobody who reads it.</summary>
    [TestMethod]
    public void Where_no_daemon_reads_the_crontab_that_is_said()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        Result alone = OutputTests.Shell(sandbox, $"""
            unshare --pid --fork --mount-proc true 2>/dev/null || exit 96
            export HOME={clock.Home} PATH={clock.Bin}:$PATH
            exec unshare --pid --fork --mount-proc sh -c '{string.Join(' ', Helper.Program)} schedule install; {string.Join(' ', Helper.Program)} doctor'
            """);
        if (alone.ExitCode == 96)
        {
            Assert.Inconclusive("only root can be alone on a machine");
        }

        StringAssert.Contains(alone.Output, "cron: installed now (crontab); neither cron nor crond is seen to run here: nothing starts it before one does\n");
        StringAssert.Contains(alone.Output, "reaped from time to time by cron (neither cron nor crond is seen to run here: nothing starts it before one does)\n");
    }

    [TestMethod]
    public void Cron_gets_a_line_and_all_others_stay_byte_for_byte()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.Crontab = Foreign;

        Result planned = clock.Run("install", "--dry-run");
        StringAssert.StartsWith(planned.Output, "cron: planned (crontab)\n--- crontab\n# >>> buildguard schedule >>> 'buildguard schedule remove' takes these lines out (sealed by buildguard: ");
        Assert.AreEqual(Foreign, clock.Crontab);

        Result installed = clock.Run("install");
        Assert.AreEqual(0, installed.ExitCode, installed.Error);
        Assert.AreEqual("cron: installed now (crontab)\n", installed.Output);
        StringAssert.StartsWith(clock.Crontab, Foreign);
        string line = clock.Crontab![Foreign.Length..].Split('\n')[1];
        StringAssert.StartsWith(line, $"*/10 * * * * BUILDGUARD_STATE_DIR='{sandbox.State}' '");
        StringAssert.EndsWith(line, " 'reap' >/dev/null 2>&1");

        string once = clock.Crontab;
        Assert.AreEqual("cron: installed (crontab)\n", clock.Run("install").Output);
        Assert.AreEqual(once, clock.Crontab);

        // The line does what it says when a shell reads it, as cron has one do.
        using Process shell = Process.Start("sh", ["-c", line["*/10 * * * * ".Length..].Replace(">/dev/null", $">'{sandbox.Work}/said'", StringComparison.Ordinal)]);
        shell.WaitForExit();
        Assert.AreEqual("Nothing to reap: no lease has a dead holder.\n", File.ReadAllText(Path.Combine(sandbox.Work, "said")));

        clock.Crontab += "# behind\n";
        Assert.AreEqual(0, clock.Run("install", "--interval", "2h").ExitCode);
        StringAssert.Contains(clock.Crontab, "\n0 */2 * * * ");
        Assert.AreEqual("installed", clock.Run("status", "--json").Json.GetProperty("schedules")[0].GetProperty("state").GetString());
        Assert.AreEqual("cron: taken away (crontab)\n", clock.Run("remove").Output);
        Assert.AreEqual(Foreign + "# behind\n", clock.Crontab);
        Assert.AreEqual("No schedule is installed.\n", clock.Run("remove").Output);
    }

    [TestMethod]
    public void Where_there_was_no_crontab_there_is_none_again()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.Run("install");
        StringAssert.StartsWith(clock.Crontab, "# >>> buildguard schedule >>>");
        clock.Run("remove");
        Assert.IsNull(clock.Crontab);
    }

    [TestMethod]
    public void A_line_that_somebody_edited_is_kept_and_said()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.Run("install");
        string edited = clock.Crontab = clock.Crontab!.Replace("*/10", "*/3", StringComparison.Ordinal);
        foreach (string action in (string[])["install", "remove"])
        {
            Result kept = clock.Run(action);
            Assert.AreEqual(1, kept.ExitCode);
            StringAssert.StartsWith(kept.Output, "cron: left as it is (crontab); it was edited; take it away by hand");
            Assert.AreEqual(edited, clock.Crontab);
        }
    }

    [TestMethod]
    public void A_crontab_that_cannot_be_used_is_one_line()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.WriteProgram("crontab", "echo 'you are not allowed to use this program' >&2; exit 1");
        Result refused = clock.Run("install");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, "BG0021: the schedule cannot be looked at: the crontab cannot be read: you are not allowed to use this program");

        // Whoever only looks is not told of a change.
        Assert.AreEqual(refused.ErrorLine, clock.Run("status").ErrorLine);
    }

    /// <summary>An editor that ends the last line with nothing, and a file that was put there by hand.</summary>
    [TestMethod]
    public void A_last_line_without_its_end_stays_a_line_of_its_own()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.Crontab = "*/5 * * * * echo hi";
        Assert.AreEqual("cron: installed now (crontab)\n", clock.Run("install").Output);
        StringAssert.StartsWith(clock.Crontab, "*/5 * * * * echo hi\n# >>> buildguard schedule >>> ");
        Assert.AreEqual("cron: taken away (crontab)\n", clock.Run("remove").Output);

        // crontab(1) takes no file without that end.
        Assert.AreEqual("*/5 * * * * echo hi\n", clock.Crontab);
    }

    [TestMethod]
    public void Lines_that_stand_behind_another_on_the_same_line_are_taken_out_or_put_right()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false);
        clock.Run("install");
        string spoilt = clock.Crontab = $"*/5 * * * * echo hi{clock.Crontab}";
        Result removed = clock.Run("remove");
        Assert.AreEqual(0, removed.ExitCode, removed.Error);
        Assert.AreEqual("*/5 * * * * echo hi\n", clock.Crontab);

        clock.Crontab = spoilt + "# behind\n";
        Assert.AreEqual(0, clock.Run("install").ExitCode);
        StringAssert.StartsWith(clock.Crontab, "*/5 * * * * echo hi\n# >>> buildguard schedule >>> ");
        clock.Run("remove");
        Assert.AreEqual("*/5 * * * * echo hi\n# behind\n", clock.Crontab);
    }

    /// <summary>What cannot be said in a crontab or a unit is refused, and what can is quoted.</summary>
    [TestMethod]
    [DataRow("cron", "a\nb", "a line end or another character that does not print")]
    [DataRow("systemd", "a\nb", "a line end or another character that does not print")]
    [DataRow("launchd", "a\u0007b", "a line end or another character that does not print")]
    [DataRow("cron", "a\\%b", "a backslash before a percent sign or another backslash")]
    [DataRow("cron", "a\\\\b", "a backslash before a percent sign or another backslash")]
    public void A_path_that_cannot_be_written_there_is_refused(string kind, string name, string reason)
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: true) { State = Path.Combine(sandbox.Root, name) };
        clock.Crontab = Foreign;
        string[] before = GitSandbox.Photograph(clock.Home);
        foreach (string[] line in (string[][])[["install", "--kind", kind], ["install", "--kind", kind, "--dry-run"]])
        {
            Result refused = clock.Run(line);
            Assert.AreEqual(125, refused.ExitCode, refused.Output);
            StringAssert.Contains(refused.ErrorLine, $" has {reason}, which {kind} cannot take. Remedy: choose another path in BUILDGUARD_STATE_DIR");
        }

        Assert.AreEqual(Foreign, clock.Crontab);
        CollectionAssert.AreEqual(before, GitSandbox.Photograph(clock.Home));
        Assert.AreEqual(0, clock.Run("status", "--kind", kind).ExitCode);
    }

    [TestMethod]
    public void A_path_with_quotes_and_percent_signs_is_what_the_shell_of_cron_sees()
    {
        using var sandbox = new Sandbox();
        ScheduleClock clock = new(sandbox, hasSystemd: false) { State = Path.Combine(sandbox.Root, "it's 100% \"$HOME\" \\x") };
        Assert.AreEqual(0, clock.Run("install").ExitCode);
        string line = clock.Crontab!.Split('\n')[1]["*/10 * * * * ".Length..];

        // crontab(5): a percent sign behind a backslash is one, and no other ends the command.
        Assert.AreEqual(line.Count(c => c == '%'), line.Split("\\%").Length - 1);
        string assignment = line[..line.IndexOf(" '/", StringComparison.Ordinal)].Replace("\\%", "%", StringComparison.Ordinal);
        Result said = OutputTests.Shell(sandbox, assignment + " printenv BUILDGUARD_STATE_DIR");
        Assert.AreEqual(clock.State + "\n", said.Output);
    }
}
