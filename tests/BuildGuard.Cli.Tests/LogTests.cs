using System.Text.Json;

namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class LogTests
{
    private static readonly string[] Work = ["run", "--label", "work", "--preflight", "off", "--", "true"];

    [TestMethod]
    public void What_ran_is_in_the_log()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, sandbox.Run(Work).ExitCode);
        JsonElement[] records = Records(sandbox.Run("log", "--json"));
        CollectionAssert.AreEqual((string[])["acquired", "released"], records.Select(r => r.GetProperty("event").GetString()).ToArray());
        foreach (JsonElement record in records)
        {
            Assert.AreEqual("work", record.GetProperty("label").GetString());
            Assert.AreEqual("true", record.GetProperty("command").GetString());
            StringAssert.StartsWith(record.GetProperty("lease").GetString(), "user/");
        }

        Assert.AreEqual("exited", records[1].GetProperty("outcome").GetString());
        Assert.AreEqual(0, records[1].GetProperty("exitCode").GetInt32());
        string text = sandbox.Run("log").Output;
        StringAssert.Contains(text, "  acquired   user/");
        StringAssert.Contains(text, ", 1 process, exited, exit 0");
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(sandbox.AuditFile));
    }

    [TestMethod]
    public void Secrets_can_be_kept_out()
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = [("BUILDGUARD_RECORD_COMMANDS", "false")];
        using (Helper helper = sandbox.Start(variables, "run", "--label", "deploy", "--preflight", "off", "--", "sh", "-c", "cat # hunter2"))
        {
            Helper.Await(() => sandbox.Run("status", "--json").Output, s => s.Contains("deploy", StringComparison.Ordinal));
            helper.CloseInput();
            Assert.AreEqual(0, helper.WaitForEnd().ExitCode);
        }

        foreach (string file in Directory.EnumerateFiles(sandbox.State, "*", SearchOption.AllDirectories))
        {
            Assert.IsFalse(File.ReadAllText(file).Contains("hunter2", StringComparison.Ordinal), file);
        }

        Assert.AreEqual("deploy", Records(sandbox.Run("log", "--json"))[0].GetProperty("command").GetString());
    }

    [TestMethod]
    [DataRow("9223372036854775807")]
    [DataRow("-9223372036854775808")]
    public void Figures_that_cannot_be_are_no_failure(string figure)
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        File.AppendAllText(sandbox.AuditFile, $"{{\"event\":\"released\",\"time\":\"2026-03-01T12:00:00Z\",\"lease\":\"odd\",\"waitedMs\":{figure},\"durationMs\":{figure},\"peakMemoryBytes\":{figure}}}\n");
        Result result = sandbox.Run("log");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.Output, "  released   odd ");
    }

    /// <summary>It would be taken for what came of this one.</summary>
    [TestMethod]
    public void The_report_of_an_earlier_run_does_not_stay_where_the_guard_is_switched_off()
    {
        using var sandbox = new Sandbox();
        string report = Path.Combine(sandbox.Work, "report.json");
        sandbox.Run("run", "--preflight", "off", "--report", "report.json", "--", "false");
        Assert.IsTrue(File.Exists(report));
        Assert.AreEqual(0, sandbox.Run([("BUILDGUARD_DISABLE", "1")], "run", "--report", "report.json", "--", "true").ExitCode);
        Assert.IsFalse(File.Exists(report));

        // What a link leads to is not this program's.
        File.WriteAllText(Path.Combine(sandbox.Work, "other"), "other");
        File.CreateSymbolicLink(report, "other");
        Assert.AreEqual(0, sandbox.Run([("BUILDGUARD_DISABLE", "1")], "run", "--report", "report.json", "--", "true").ExitCode);
        Assert.AreEqual("other", File.ReadAllText(report));
    }

    /// <summary>The release is written after the next one has gone on, and the start of a short command with its end.</summary>
    [TestMethod]
    public void What_was_written_a_little_late_stands_where_it_happened_and_clocks_that_disagree_move_nothing()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        File.WriteAllLines(sandbox.AuditFile + ".1", [Line("acquired", "00:00.000", 1), Line("acquired", "00:02.000", 2)]);
        File.WriteAllLines(sandbox.AuditFile,
        [
            Line("released", "00:01.999", 1), Line("acquired", "00:03.000", 3), Line("released", "00:03.000", 2),
            Line("acquired", "59:59.000", 4), Line("orphan", "00:09.000", 3), Line("released", "00:08.000", 3),
        ]);
        const string Expected = "acquired 1, released 1, acquired 2, released 2, acquired 3, acquired 4, orphan 3, released 3";
        Assert.AreEqual(Expected, string.Join(", ", Records(sandbox.Run("log", "--json")).Select(record => $"{record.GetProperty("event")} {record.GetProperty("lease").GetString()![5]}")));
        string[] shown = sandbox.Run("log").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.AreEqual(Expected, string.Join(", ", shown.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => $"{words[2]} {words[3][5]}")));

        static string Line(string name, string time, int lease) =>
            $"{{\"time\":\"2026-03-01T12:{time}Z\",\"event\":\"{name}\",\"lease\":\"user/{lease}-0000000{lease}\",\"pid\":1}}";
    }

    /// <summary>No two hold the turn at once, and nobody who reads the trail is to think so.</summary>
    [TestMethod]
    public void Nobody_has_the_turn_before_the_one_before_has_given_it_back()
    {
        using var sandbox = new Sandbox();
        using (Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo ready; read y; true"))
        {
            Assert.AreEqual("ready", holder.ReadLine());
            Helper[] waiters = [.. Enumerable.Range(0, 12).Select(_ => sandbox.Start([], "run", "--preflight", "off", "--", "true"))];
            Array.ForEach(waiters, waiter => waiter.AwaitError("BG1001"));
            holder.CloseInput();
            holder.WaitForEnd();
            Array.ForEach(waiters, waiter => waiter.WaitForEnd());
            Array.ForEach(waiters, waiter => waiter.Dispose());
        }

        JsonElement[] turns = [.. Records(sandbox.Run("log", "--json")).Where(record => record.GetProperty("event").GetString() is "acquired" or "released")];
        Assert.HasCount(26, turns);
        for (int i = 0; i < turns.Length; i++)
        {
            Assert.AreEqual(i % 2 == 0 ? "acquired" : "released", turns[i].GetProperty("event").GetString(), $"{i}: {string.Join('\n', turns)}");
            Assert.AreEqual(turns[i - (i % 2)].GetProperty("lease").GetString(), turns[i].GetProperty("lease").GetString());
            Assert.IsGreaterThanOrEqualTo(turns[Math.Max(0, i - 1)].GetProperty("time").GetDateTime(), turns[i].GetProperty("time").GetDateTime());
        }
    }

    /// <summary>U+202E turns what is behind it around on a terminal.</summary>
    [TestMethod]
    public void What_others_wrote_turns_no_line_around()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--label", "a\u202Eb", "--", "true");
        File.AppendAllText(sandbox.AuditFile, "{\"event\":\"released\",\"time\":\"2026-03-01T12:00:00Z\",\"lease\":\"c\u202Ed\",\"outcome\":\"e\u202Ef\"}\n");
        string shown = sandbox.Run("log").Output;
        Assert.DoesNotContain("\u202E", shown);
        StringAssert.Contains(shown, "a\uFFFDb");
        StringAssert.Contains(shown, "c\uFFFDd");
    }

    [TestMethod]
    public void Damaged_lines_are_left_out_and_counted()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        File.AppendAllText(sandbox.AuditFile, "garbage\n\0\0\n{\"event\":\n");
        File.AppendAllText(sandbox.AuditFile, "{\"event\":\"acq");
        sandbox.Run(Work);
        Result result = sandbox.Run("log", "--json");
        Assert.AreEqual(0, result.ExitCode);
        Assert.HasCount(4, Records(result));
        Assert.AreEqual("buildguard: 4 damaged lines of the audit trail were left out", result.ErrorLine);
    }

    [TestMethod]
    [DataRow("directory", "it is a directory")]
    [DataRow("link", "Too many levels of symbolic links")]
    [DataRow("parent", "Not a directory")]
    public void What_stands_in_the_place_of_the_trail_is_named_and_not_taken_for_an_empty_one(string kind, string expected)
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        string trail = Path.GetDirectoryName(sandbox.AuditFile)!;
        Directory.Delete(trail, recursive: true);
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(sandbox.AuditFile);
                break;
            case "link":
                Directory.CreateDirectory(trail);
                File.CreateSymbolicLink(sandbox.AuditFile, "/etc/passwd");
                break;
            default:
                File.WriteAllText(trail, "");
                break;
        }

        foreach (string[] line in (string[][])[["log"], ["log", "--json"], ["log", "--follow"], ["report", "--output", "-"]])
        {
            Result result = sandbox.Run(line);
            Assert.AreEqual(125, result.ExitCode, line[0]);
            Assert.AreEqual("", result.Output);
            StringAssert.StartsWith(result.ErrorLine, $"buildguard: error BG0011: '{(kind == "parent" ? trail : sandbox.AuditFile)}' cannot be ");
            StringAssert.Contains(result.ErrorLine, $": {expected}; remove ");
        }
    }

    [TestMethod]
    public void Where_there_is_nothing_that_is_said_beside_the_records()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(new Result(0, "", "buildguard: nothing is recorded yet\n"), sandbox.Run("log"));
        Assert.AreEqual(new Result(0, "", ""), sandbox.Run("log", "--json"));
        sandbox.Run(Work);
        File.WriteAllText(sandbox.AuditFile, File.ReadAllText(sandbox.AuditFile).Replace("\"time\":\"20", "\"time\":\"19", StringComparison.Ordinal));
        Assert.AreEqual(new Result(0, "", "buildguard: nothing is recorded in that time\n"), sandbox.Run("log", "--since", "1h"));
    }

    [TestMethod]
    public void Of_a_giant_file_the_end_is_read()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        byte[] lines = File.ReadAllBytes(sandbox.AuditFile);
        using (FileStream trail = File.OpenWrite(sandbox.AuditFile))
        {
            trail.SetLength(1L << 37);
            trail.Position = trail.Length;
            trail.Write([(byte)'\n', .. lines]);
        }

        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Result result = sandbox.Run("log", "--json");
        Assert.HasCount(2, Records(result));
        Assert.AreEqual("buildguard: 1 damaged line of the audit trail was left out", result.ErrorLine);
        Assert.IsLessThan(20, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    [TestMethod]
    public void Since_leaves_out_what_is_older()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        string old = File.ReadAllText(sandbox.AuditFile).Replace("\"time\":\"20", "\"time\":\"19", StringComparison.Ordinal);
        File.WriteAllText(sandbox.AuditFile, old);
        sandbox.Run(Work);
        Assert.HasCount(4, Records(sandbox.Run("log", "--json")));
        Assert.HasCount(2, Records(sandbox.Run("log", "--json", "--since", "1h")));
    }

    [TestMethod]
    public void Following_goes_on_with_what_is_added()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        using Helper log = sandbox.Start([], "log", "--follow", "--json");
        Assert.IsNotNull(log.ReadLine());
        Assert.IsNotNull(log.ReadLine());
        File.Move(sandbox.AuditFile, sandbox.AuditFile + ".1");
        sandbox.Run(Work);
        StringAssert.Contains(log.ReadLine(), "\"event\":\"acquired\"");
        StringAssert.Contains(log.ReadLine(), "\"event\":\"released\"");
    }

    [TestMethod]
    public void Disabling_the_guard_is_noted()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run([("BUILDGUARD_DISABLE", "1")], "run", "--", "echo", "hello");
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("hello\n", result.Output);
        StringAssert.Contains(result.ErrorLine, "BG0002");
        Assert.AreEqual("degraded", Records(sandbox.Run("log", "--json")).Single().GetProperty("event").GetString());
    }

    [TestMethod]
    public void A_build_that_the_property_leaves_unguarded_is_noted_without_a_word()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("unguarded", "--label", "dotnet build", "--cwd", "/src");
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("", result.Output + result.Error);
        JsonElement record = Records(sandbox.Run("log", "--json")).Single();
        Assert.AreEqual("degraded", record.GetProperty("event").GetString());
        Assert.AreEqual("BG0002", record.GetProperty("code").GetString());
        Assert.AreEqual("dotnet build", record.GetProperty("label").GetString());
        Assert.AreEqual("/src", record.GetProperty("cwd").GetString());
        Assert.IsFalse(Directory.Exists(Path.Combine(sandbox.State, "locks")));
    }

    [TestMethod]
    public void Where_each_setting_comes_from_is_told_to_the_tasks()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), "{ \"slots\": 3 }");
        Result result = sandbox.Run([("BUILDGUARD_TIMEOUT", "4m")], "inputs", "--cwd", sandbox.Work, "--property", "MaxMemory=2G");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("", result.Error);
        string[] lines = [.. Records(result).Select(one => $"{one.GetProperty("event")} {one.GetProperty("name")}={one.GetProperty("value")} ({one.GetProperty("source")})")];
        CollectionAssert.IsSubsetOf(
            new[] { $"input Slots=3 ({sandbox.Work}/buildguard.json)", "input Timeout=4m (BUILDGUARD_TIMEOUT)", "input MaxMemory=2G (property BuildGuardMaxMemory)", "input Quiet=false (default)" },
            lines);
        Assert.AreEqual(125, sandbox.Run("inputs", "--property", "MaxMemory=x").ExitCode);
        Assert.IsFalse(Directory.Exists(sandbox.State));
    }

    [TestMethod]
    [DataRow("unguarded --label hunter2")]
    [DataRow("session --label hunter2 --build abc --owner-pid 1")]
    public void Secrets_are_kept_out_of_what_is_not_guarded_too(string line)
    {
        using var sandbox = new Sandbox();
        sandbox.Run([("BUILDGUARD_RECORD_COMMANDS", "false"), ("BUILDGUARD_DISABLE", "1")], line.Split(' '));
        string trail = File.ReadAllText(sandbox.AuditFile);
        StringAssert.Contains(trail, "degraded");
        Assert.IsFalse(trail.Contains("hunter2", StringComparison.Ordinal), trail);
    }

    [TestMethod]
    public void A_trail_that_cannot_be_written_is_not_spoken_of_when_the_guard_is_off()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        File.Delete(sandbox.AuditFile);
        File.CreateSymbolicLink(sandbox.AuditFile, "/dev/full");
        StringAssert.Contains(sandbox.Run([("BUILDGUARD_DISABLE", "1")], "run", "--", "true").ErrorLine, "BG0002");
        Assert.AreEqual("", sandbox.Run("unguarded", "--label", "x").Error);
    }

    [TestMethod]
    public void Who_has_the_turn_is_the_command_from_its_start_to_its_end()
    {
        using var sandbox = new Sandbox();
        string pidFile = Path.Combine(sandbox.Work, "pid");
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "sh", "-c", $"echo $$ > {pidFile}").ExitCode);

        int pid = int.Parse(File.ReadAllText(pidFile), System.Globalization.CultureInfo.InvariantCulture);
        JsonElement[] records = [.. File.ReadAllLines(sandbox.AuditFile).Select(line => JsonDocument.Parse(line).RootElement)];
        CollectionAssert.AreEqual(new[] { "acquired", "released" }, records.Select(r => r.GetProperty("event").GetString()).ToArray());
        Assert.IsTrue(records.All(r => r.GetProperty("pid").GetInt32() == pid), string.Join('\n', records));
    }

    [TestMethod]
    public void An_audit_trail_that_cannot_be_written_is_said_once_and_stops_nothing()
    {
        using var sandbox = new Sandbox();
        sandbox.Run(Work);
        File.Delete(sandbox.AuditFile);
        File.CreateSymbolicLink(sandbox.AuditFile, "/dev/full");
        Result result = sandbox.Run("run", "--preflight", "off", "--", "echo", "hello");
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("hello\n", result.Output);
        StringAssert.StartsWith(result.ErrorLine, "buildguard: warning BG0012: ");
    }

    private static JsonElement[] Records(Result result) =>
        [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
