using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace BuildGuard.Cli.Tests;

/// <summary>What reaps from time to time, by programs that stand in for those of the machine.</summary>
[TestClass]
public sealed class ScheduleTests
{
    private const string Foreign = "# mine: gr\u00fc\u00dfe \u00ff\nMAILTO=\"\"\n*/5 * * * *\ttouch /x\\%y  \n";

    private static Process? s_cron;

    /// <summary>A daemon for the lines in the crontab, as far as its name tells.</summary>
    [ClassInitialize]
    public static void StartCron(TestContext context)
    {
        string directory = Directory.CreateTempSubdirectory("buildguard-cron-").FullName;
        s_cron = Process.Start(new ProcessStartInfo(GitSandbox.WriteProgram(Path.Combine(directory, "cron"), "#!/bin/sh\nread end\nrm -r \"${0%/*}\"\n")) { RedirectStandardInput = true });
    }

    [ClassCleanup]
    public static void EndCron()
    {
        s_cron!.StandardInput.Close();
        s_cron.WaitForExit();
        s_cron.Dispose();
    }

    /// <summary>In a container there is often a crontab and nobody who reads it.</summary>
    [TestMethod]
    public void Where_no_daemon_reads_the_crontab_that_is_said()
    {
        using var sandbox = new Sandbox();
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
        clock.Run("install");
        StringAssert.StartsWith(clock.Crontab, "# >>> buildguard schedule >>>");
        clock.Run("remove");
        Assert.IsNull(clock.Crontab);
    }

    [TestMethod]
    public void A_line_that_somebody_edited_is_kept_and_said()
    {
        using var sandbox = new Sandbox();
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: true) { State = Path.Combine(sandbox.Root, name) };
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
        Clock clock = new(sandbox, hasSystemd: false) { State = Path.Combine(sandbox.Root, "it's 100% \"$HOME\" \\x") };
        Assert.AreEqual(0, clock.Run("install").ExitCode);
        string line = clock.Crontab!.Split('\n')[1]["*/10 * * * * ".Length..];

        // crontab(5): a percent sign behind a backslash is one, and no other ends the command.
        Assert.AreEqual(line.Count(c => c == '%'), line.Split("\\%").Length - 1);
        string assignment = line[..line.IndexOf(" '/", StringComparison.Ordinal)].Replace("\\%", "%", StringComparison.Ordinal);
        Result said = OutputTests.Shell(sandbox, assignment + " printenv BUILDGUARD_STATE_DIR");
        Assert.AreEqual(clock.State + "\n", said.Output);
    }

    [TestMethod]
    public void Systemd_gets_a_timer_that_is_enabled_and_goes_again()
    {
        using var sandbox = new Sandbox();
        Clock clock = new(sandbox, hasSystemd: true);
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
        Clock clock = new(sandbox, hasSystemd: true);
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
        Clock clock = new(sandbox, hasSystemd: true);
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
        Clock clock = new(sandbox, hasSystemd: true);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
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
        Clock clock = new(sandbox, hasSystemd: false);
        File.Delete(Path.Combine(clock.Bin, "crontab"));
        Result refused = clock.Run("install");
        Assert.AreEqual(125, refused.ExitCode);
        StringAssert.Contains(refused.ErrorLine, "there is neither a systemd of this user nor a crontab here");
    }

    /// <summary>Programs that stand in for crontab and systemctl, and the only ones on the path.</summary>
    private sealed class Clock
    {
        private readonly Sandbox _sandbox;

        public Clock(Sandbox sandbox, bool hasSystemd)
        {
            _sandbox = sandbox;
            Directory.CreateDirectory(Bin);
            Directory.CreateDirectory(Home);
            WriteProgram("crontab", $"""
                case $1 in
                -l) [ -f '{TabFile}' ] || {Say("no crontab for somebody")}; exec /bin/cat '{TabFile}' ;;
                -r) exec /bin/rm '{TabFile}' ;;
                -) /bin/cat >'{TabFile}.new'
                   [ -z "$(/usr/bin/tail -c1 '{TabFile}.new')" ] || {Say("new crontab file is missing newline before EOF")}
                   exec /bin/mv '{TabFile}.new' '{TabFile}' ;;
                esac
                """);
            WriteProgram("systemctl", hasSystemd ? $"[ \"$2\" = show-environment ] || echo \"$*\" >> '{ToldFile}'" : "exit 1");
        }

        /// <summary>The state directory, where it is not the sandbox's.</summary>
        public string? State { get; init; }

        public string Bin => Path.Combine(_sandbox.Root, "bin");

        public string Home => Path.Combine(_sandbox.Root, "home");

        public string[] Told => File.Exists(ToldFile) ? File.ReadAllLines(ToldFile) : [];

        /// <summary>Its bytes, one character each.</summary>
        public string? Crontab
        {
            get => File.Exists(TabFile) ? Encoding.Latin1.GetString(File.ReadAllBytes(TabFile)) : null;
            set => File.WriteAllBytes(TabFile, Encoding.Latin1.GetBytes(value!));
        }

        private string TabFile => Path.Combine(_sandbox.Root, "tab");

        private string ToldFile => Path.Combine(_sandbox.Root, "told");

        public Result Run(params string[] arguments) =>
            _sandbox.Run([("HOME", Home), ("XDG_CONFIG_HOME", ""), ("PATH", Bin), ("BUILDGUARD_STATE_DIR", State ?? _sandbox.State)], ["schedule", .. arguments]);

        public void WriteProgram(string name, string text) => GitSandbox.WriteProgram(Path.Combine(Bin, name), "#!/bin/sh\n" + text + "\n");

        private static string Say(string text) => $"{{ echo '{text}' >&2; exit 1; }}";
    }
}
