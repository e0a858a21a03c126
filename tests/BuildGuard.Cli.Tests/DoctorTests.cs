using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class DoctorTests
{
    [TestMethod]
    public void It_tells_what_is_available_and_its_exit_code_whether_something_was_found()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("doctor", "--json");
        JsonElement json = result.Json;
        Assert.AreEqual(
            "schemaVersion version healthy containment machine stateDir stateFreeBytes settings repository locks schedules tools findings",
            string.Join(' ', json.EnumerateObject().Select(p => p.Name)));
        bool healthy = json.GetProperty("healthy").GetBoolean();
        Assert.AreEqual(healthy, json.GetProperty("findings").GetArrayLength() == 0);
        Assert.AreEqual(healthy ? 0 : 1, result.ExitCode);
        CollectionAssert.Contains((string[])["cgroupV2", "systemdScope", "cgroupV1", "bare"], json.GetProperty("containment").GetProperty("rung").GetString());
        Assert.AreEqual(16, json.GetProperty("settings").GetArrayLength());
        Assert.IsTrue(json.GetProperty("settings").EnumerateArray().All(s => s.GetProperty("source").GetString() == "default"));
        Assert.AreEqual(0, Directory.GetFiles(sandbox.State, "doctor-*").Length);
    }

    [TestMethod]
    public void What_the_repository_references_is_shown_and_compared()
    {
        using var git = new GitSandbox();
        Assert.AreEqual(0, git.Guard("doctor", "--json").Json.GetProperty("repository").GetProperty("references").GetArrayLength());
        StringAssert.Contains(git.Guard("doctor").Output, "no project references the package; 'buildguard init' adds it");
        File.WriteAllText(Path.Combine(git.Root, "a.csproj"), "<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" /></ItemGroup></Project>");
        File.WriteAllText(Path.Combine(git.Root, "b.csproj"), "<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"99.0.0\" /></ItemGroup></Project>");

        // From a folder below: the repository is the whole.
        Result result = git.GuardIn(Directory.CreateDirectory(Path.Combine(git.Root, "below")).FullName, "doctor");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Matches(result.Output, new(@"a\.csproj +0\.0\.1 +older than this program; 'buildguard init' raises it\n"));
        StringAssert.Matches(result.Output, new(@"b\.csproj +99\.0\.0 +newer than this program; update this one\n"));
        StringAssert.Contains(result.Output, "BG0009: projects of this build reference BuildGuard 0.0.1 and 99.0.0");
    }

    [TestMethod]
    [DataRow("global.json", "{ \"msbuild-sdks\": { \"BuildGuard\": \"0.0.1\" }", true)]
    [DataRow(".config/dotnet-tools.json", "<<<<<<< mine\n{}", true)]
    [DataRow("global.json", "\ufeff{ /* as some editors write it */ \"sdk\": {}, }", false)]
    public void A_file_of_versions_that_is_no_json_is_a_finding(string file, string text, bool isFound)
    {
        using var git = new GitSandbox();
        string path = Path.Combine(git.Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        string[] findings = [.. git.Guard("doctor", "--json").Json.GetProperty("findings").EnumerateArray().Where(one => one.GetProperty("code").GetString() == "BG0018").Select(one => one.GetProperty("text").GetString()!)];
        Assert.HasCount(isFound ? 1 : 0, findings);
        if (isFound)
        {
            StringAssert.StartsWith(findings[0], $"{file} cannot be understood, so it is not known which version of BuildGuard it names: ");
        }
    }

    [TestMethod]
    public void What_cannot_be_read_in_a_repository_hides_nothing_else()
    {
        using var git = new GitSandbox();
        using (Process pipe = Process.Start("mkfifo", Path.Combine(git.Root, "pipe.props")))
        {
            pipe.WaitForExit();
        }

        File.WriteAllBytes(Path.Combine(git.Root, "binary.targets"), [0, 255, 254, 60, 0, 0]);
        File.WriteAllText(Path.Combine(git.Root, "empty.csproj"), "");
        File.CreateSymbolicLink(Path.Combine(git.Root, "dangling.csproj"), "nowhere");
        File.WriteAllText(Path.Combine(git.Root, "a.csproj"), "<Project><ItemGroup><PackageReference Include=\"BuildGuard\" Version=\"0.0.1\" /></ItemGroup></Project>");

        JsonElement reference = git.Guard("doctor", "--json").Json.GetProperty("repository").GetProperty("references").EnumerateArray().Single();
        Assert.AreEqual("a.csproj", reference.GetProperty("file").GetString());
    }

    [TestMethod]
    public void Who_shares_the_locks_is_shown_and_a_dead_holder_is_a_finding()
    {
        using var sandbox = new Sandbox();
        (string, string)[] fit = [("BUILDGUARD_PREFLIGHT", "off")];
        using (Helper holder = sandbox.Start(fit, "run", "--label", "nightly", "--", "sh", "-c", "echo held; exec cat"))
        {
            Assert.AreEqual("held", holder.ReadLine());
            JsonElement use = sandbox.Run("doctor", "--json").Json.GetProperty("locks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "user");
            Assert.AreEqual(1, use.GetProperty("leases").GetInt32());
            Assert.AreEqual(0, use.GetProperty("waiting").GetInt32());
            Assert.AreEqual(Environment.UserName, use.GetProperty("users").EnumerateArray().Single().GetString());
            holder.Kill();
        }

        Result result = sandbox.Run("doctor");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Contains(result.Output, "BG1008: a lease has lost the holder, which was killed: nightly. The next in the queue ends what it left; 'buildguard reap' does it now\n");
        Assert.AreEqual(0, sandbox.Run("reap").ExitCode);
        Assert.DoesNotContain("BG1008", sandbox.Run("doctor").Output);
    }

    [TestMethod]
    public void Versions_for_the_resolver_of_SDKs_and_among_the_tools_are_findings_where_they_are_others()
    {
        using var git = new GitSandbox();
        Directory.CreateDirectory(Path.Combine(git.Root, ".config"));
        File.WriteAllText(Path.Combine(git.Root, "global.json"), "{ /* with a remark */ \"msbuild-sdks\": { \"buildguard\": \"99.0.0\", }, }");
        File.WriteAllText(Path.Combine(git.Root, ".config", "dotnet-tools.json"), """{ "version": 1, "tools": { "buildguard.tool": { "version": "0.0.1-beta.2", "commands": ["buildguard"] } } }""");
        Result result = git.Guard("doctor");
        Assert.AreEqual(1, result.ExitCode);
        string own = CommandLine.CommandTree.Version;
        StringAssert.Contains(result.Output, $"BG0018: global.json references BuildGuard 99.0.0, which is newer than this program ({own}): each guards as its own version does. Remedy: update this program\n");
        StringAssert.Contains(
            result.Output,
            $"BG0018: .config/dotnet-tools.json names BuildGuard 0.0.1-beta.2, which is older than this program ({own}): each guards as its own version does. Remedy: dotnet tool update BuildGuard.Tool --version {own}\n");
        CollectionAssert.AreEqual(
            (string[])["global.json 99.0.0", ".config/dotnet-tools.json 0.0.1-beta.2"],
            git.Guard("doctor", "--json").Json.GetProperty("repository").GetProperty("references").EnumerateArray()
                .Select(one => $"{one.GetProperty("file").GetString()} {one.GetProperty("version").GetString()}").ToArray());

        File.WriteAllText(Path.Combine(git.Root, "global.json"), "{ \"msbuild-sdks\": [] }");
        File.WriteAllText(Path.Combine(git.Root, ".config", "dotnet-tools.json"), $$"""{ "tools": { "buildguard.tool": { "version": "{{own}}" } } }""");
        Assert.DoesNotContain("BG0018", git.Guard("doctor").Output);
    }

    [TestMethod]
    public void A_program_of_another_version_at_a_lock_is_named()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([("BUILDGUARD_PREFLIGHT", "off")], "run", "--label", "nightly", "--", "sh", "-c", "echo held; exec cat");
        Assert.AreEqual("held", holder.ReadLine());
        string own = CommandLine.CommandTree.Version;
        string other = new('9', own.IndexOf('.', StringComparison.Ordinal));
        other += own[other.Length..];

        // As that version would have written it: in place, for the holder has it open and locked.
        Result written = OutputTests.Shell(sandbox, $"""
            ticket=$(grep -l nightly "$BUILDGUARD_STATE_DIR"/locks/user/*) || exit
            sed 's/"{own}"/"{other}"/' "$ticket" > copy && dd if=copy of="$ticket" conv=notrunc
            """);
        Assert.AreEqual(0, written.ExitCode, written.Error);
        Result result = sandbox.Run("doctor");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Contains(result.Output, $"BG0018: 'nightly' (pid {holder.Pid}) at the lock user is of BuildGuard {other}, which is newer than this program ({own})");
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void Whoever_stands_in_another_PID_namespace_is_counted()
    {
        using var sandbox = new Sandbox();
        Result result = OutputTests.Shell(sandbox, """
            unshare --pid --fork true 2>/dev/null || exit 96
            export BUILDGUARD_PREFLIGHT=off
            mkfifo held end
            unshare --pid --fork --mount-proc --kill-child $HELPER run -- sh -c 'echo > held; read line < end' & 
            read line < held
            $HELPER doctor --json
            echo > end
            wait
            """);
        if (result.ExitCode == 96)
        {
            Assert.Inconclusive("no PID namespace may be made here");
        }

        JsonElement use = result.Json.GetProperty("locks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "user");
        Assert.AreEqual(1, use.GetProperty("leases").GetInt32());
        Assert.AreEqual(1, use.GetProperty("elsewhere").GetInt32());
    }

    [TestMethod]
    public void Without_a_repository_or_without_git_it_says_so_and_goes_on()
    {
        using var git = new GitSandbox();
        const string None = "Repository\n  git finds none here, so there are no versions to compare\n\nLocks\n";
        StringAssert.Contains(git.GuardIn(git.Elsewhere, "doctor").Output, None);
        string bin = Directory.CreateDirectory(Path.Combine(git.Elsewhere, "bin")).FullName;
        string program = Helper.Program[0] == "dotnet" ? "$(command -v dotnet)" : Helper.Program[0];
        Result result = git.Run(git.Root, ["sh", "-c", $"program={program}; export PATH={bin}; exec \"$program\" {string.Join(' ', Helper.Program[1..])} doctor"], []);
        StringAssert.Contains(result.Output, $"Repository\n  root  {git.Root}\n", result.Error);
        StringAssert.Contains(result.Output, "  git hooks: not looked at: git cannot be started");
        Assert.DoesNotContain("BG0020", result.Output);
    }

    [TestMethod]
    public void Hooks_and_schedules_are_shown()
    {
        using var git = new GitSandbox();
        string before = git.Guard("doctor").Output;
        StringAssert.Contains(before, "  git hooks: not guarded; 'buildguard hooks install' makes them wait for the turn\n");
        StringAssert.Contains(before, "  nothing reaps from time to time; 'buildguard schedule install' does\n");
        Assert.AreEqual(0, git.Guard("hooks", "install").ExitCode);
        Assert.AreEqual(0, git.Guard("schedule", "install", "--kind", "launchd").ExitCode);
        string after = git.Guard("doctor").Output;
        StringAssert.Contains(after, "  git hooks: pre-commit guarded, pre-push guarded\n");
        StringAssert.Contains(after, "  reaped from time to time by launchd\n");
        JsonElement json = git.Guard("doctor", "--json").Json;
        Assert.AreEqual("guarded guarded", string.Join(' ', json.GetProperty("repository").GetProperty("hooks").EnumerateArray().Select(one => one.GetProperty("state").GetString())));
        Assert.AreEqual("launchd installed", string.Join(' ', json.GetProperty("schedules").EnumerateArray().SelectMany(one => one.EnumerateObject()).Select(one => one.Value.GetString())));
    }

    [TestMethod]
    [DataRow(3, 9, 60000, "what is left after 3 files", "a b c")]
    [DataRow(99, 1, 60000, "what is more than 1 folders deep", "a b c one/d")]
    [DataRow(99, 9, 0, "what is left after 0 s", "")]
    [DataRow(99, 9, 60000, "", "a b c one/d one/two/e")]
    public void A_look_at_a_repository_has_bounds_and_says_where_it_ended(int files, int depth, int milliseconds, string unseen, string seen)
    {
        using var sandbox = new Sandbox();
        Directory.CreateDirectory(Path.Combine(sandbox.Work, "one", "two"));
        Array.ForEach((string[])["a", "b", "c", "one/d", "one/two/e"], file => File.WriteAllText(Path.Combine(sandbox.Work, file), ""));
        var survey = new Init.Survey(sandbox.Work, bounds: new Init.SurveyBounds(files, depth, TimeSpan.FromMilliseconds(milliseconds)));
        Assert.AreEqual(unseen, survey.Unseen);
        Assert.AreEqual(seen, string.Join(' ', survey.Files));
    }

    [TestMethod]
    public void Settings_are_shown_with_their_sources()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), "{ \"maxMemory\": \"4G\" }");
        string text = sandbox.Run([("BUILDGUARD_SLOTS", "2")], "doctor").Output;
        StringAssert.Matches(text, new(@"MaxMemory +4G +" + sandbox.Work + "/buildguard.json\n"));
        StringAssert.Matches(text, new(@"Slots +2 +BUILDGUARD_SLOTS\n"));
    }

    [TestMethod]
    public void Bad_settings_and_a_guard_that_is_switched_off_are_findings()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), "{");
        Result result = sandbox.Run([("BUILDGUARD_DISABLE", "1")], "doctor");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.Contains(result.Output, "BG0002: nothing is guarded");
        StringAssert.Contains(result.Output, $"BG0004: {sandbox.Work}/buildguard.json(1,2): this is not JSON");
    }

    [TestMethod]
    public void A_clock_that_was_set_back_is_remarked()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        File.WriteAllText(sandbox.AuditFile, File.ReadAllText(sandbox.AuditFile).Replace("\"time\":\"20", "\"time\":\"21", StringComparison.Ordinal));
        StringAssert.Contains(sandbox.Run("doctor").Output, "behind the last entry of the log: it was set back");
    }
}
