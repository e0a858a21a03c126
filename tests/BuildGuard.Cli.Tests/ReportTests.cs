using System.Text.Json;
using BuildGuard.Audit;
using BuildGuard.Containment;
using BuildGuard.Leases;

namespace BuildGuard.Cli.Tests;

/// <summary>The page of what ran, waited, peaked and was ended.</summary>
[TestClass]
public sealed class ReportTests
{
    private const string Hostile = "</title></svg><script>alert(1)</script><img src=x onerror='alert(2)'>\u001b[31m\u202e\"&";

    [TestMethod]
    public void What_ran_is_on_a_page_of_its_own()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--label", "nightly", "--preflight", "off", "--", "sh", "-c", "exit 3");
        Result result = sandbox.Run("report");
        string file = Path.Combine(sandbox.Work, "buildguard-report.html");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual(file + "\n", result.Output);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        CollectionAssert.AreEqual((string[])[file], Directory.GetFiles(sandbox.Work));
        string page = File.ReadAllText(file);
        StringAssert.Contains(page, "nightly");
        StringAssert.Contains(page, "failed, exit 3");
        Assert.DoesNotContain("1 operations", page);
        StringAssert.Contains(page, ">lease<");
        StringAssert.Contains(page, "prefers-color-scheme:dark");
        Assert.IsFalse(page.Contains("<script", StringComparison.OrdinalIgnoreCase) || page.Contains("src=", StringComparison.Ordinal), "it asks for something");
    }

    [TestMethod]
    public void Nothing_of_the_trail_becomes_markup()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Acquired, Lease = "user/1-00000000\"><b>", Label = Hostile, Command = Hostile, WaitedMilliseconds = long.MaxValue });
        Append(sandbox, new AuditRecord { Event = AuditEvent.Breach, Lease = "user/1-00000000\"><b>", Label = Hostile, Code = "BG30\"><", Reason = Hostile, Processes = [new AuditProcess(1, Hostile, Hostile)] });
        Append(sandbox, new AuditRecord { Event = AuditEvent.Released, Lease = "user/1-00000000\"><b>", Label = Hostile, Outcome = Hostile, DurationMilliseconds = long.MinValue, PeakMemoryBytes = long.MaxValue, CpuMilliseconds = long.MaxValue });
        string page = sandbox.Run("report", "--output", "-").Output;
        foreach (string piece in (string[])["<script", "<img", "<b>al", "\"><b>", "\u001b", "\u202e", "onerror='"])
        {
            Assert.IsFalse(page.Contains(piece, StringComparison.OrdinalIgnoreCase), piece);
        }

        StringAssert.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    /// <summary>What it left may run still, but nobody has the turn.</summary>
    [TestMethod]
    public void Whose_holder_died_is_not_called_running()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "nightly", "--preflight", "off", "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", holder.ReadLine());
        Helper.Await(() => sandbox.Run("log").Output, log => log.Contains("acquired", StringComparison.Ordinal));
        Assert.AreEqual("running", FateOf(sandbox));
        holder.Kill();
        Assert.AreEqual("died", FateOf(sandbox));
        StringAssert.Contains(sandbox.Run("report", "--output", "-").Output, "<td class=\"tag ended\">holder died<");
        sandbox.Run("reap");
    }

    [TestMethod]
    public void Without_a_trail_or_a_state_directory_the_page_says_so()
    {
        using var sandbox = new Sandbox();
        StringAssert.Contains(sandbox.Run("report", "--output", "-").Output, "Nothing is recorded yet: nothing guarded has run here");
        Assert.IsFalse(Directory.Exists(sandbox.State));
        StringAssert.Contains(sandbox.Run("report", "--output", "-", "--since", "1h").Output, "Nothing is recorded in that time");
    }

    [TestMethod]
    public void Damaged_lines_are_left_out_and_counted()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Refused, Label = "late" });
        File.AppendAllText(sandbox.AuditFile, "garbage\n{\"event\":\n");
        string page = sandbox.Run("report", "--output", "-").Output;
        StringAssert.Contains(page, "2 damaged lines of the audit trail were left out");
        StringAssert.Contains(page, "late");
    }

    [TestMethod]
    public void A_large_trail_makes_no_large_page()
    {
        using var sandbox = new Sandbox();
        Directory.CreateDirectory(Path.GetDirectoryName(sandbox.AuditFile)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(sandbox.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DateTimeOffset time = DateTimeOffset.UtcNow - TimeSpan.FromDays(40);
        using (FileStream trail = File.Create(sandbox.AuditFile))
        {
            for (int i = 0; i < 50_000; i++)
            {
                var record = new AuditRecord { Event = AuditEvent.Acquired, Time = time, Lease = $"user/{i}-00000000", Label = $"work {i} {Hostile}", Command = new string('<', 300), WaitedMilliseconds = i % 7000 };
                trail.Write(AuditLine.Write(record));
                time += TimeSpan.FromSeconds(30);
                trail.Write(AuditLine.Write(record with { Event = i % 9 == 0 ? AuditEvent.Stopped : AuditEvent.Released, Time = time, Reason = new string('&', 3000), DurationMilliseconds = 30_000, PeakMemoryBytes = i << 10 }));
            }
        }

        Result result = sandbox.Run("report");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.IsLessThan(2_000_000, new FileInfo(result.Output.Trim()).Length);
        StringAssert.Contains(File.ReadAllText(result.Output.Trim()), "The latest 60 of 50000 leases");
    }

    [TestMethod]
    public void Memory_over_time_is_drawn_and_told()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Released, Lease = "user/1-00000000", DurationMilliseconds = 60_000, PeakMemoryBytes = 3 << 20, Memory = new MemorySeries(20_000, [1 << 20, 3 << 20, 2 << 20]) });
        string chart = MemoryChartOf(sandbox);
        StringAssert.Contains(chart, "One operation at a time: 3M at the most, ");
        StringAssert.Contains(chart, "aria-label=\"memory of all operations over time: 3M at the most, ");
        Assert.AreEqual(1, chart.Split("<path ").Length - 1, "one outline");
        Assert.DoesNotContain("only the peak is known", chart);
        foreach (string figure in (string[])["1M", "2M", "3M"])
        {
            StringAssert.Contains(chart, $"<td class=n>{figure}<td", "the table has it");
        }

        JsonElement json = sandbox.Run("report", "--json").Json;
        Assert.AreEqual("1048576 3145728 2097152", string.Join(' ', json.GetProperty("memoryOverTime").EnumerateArray().Select(part => part.GetProperty("bytes")).Where(bytes => bytes.GetInt64() > 0)));
        Assert.AreEqual("{\"everyMs\":20000,\"bytes\":[1048576,3145728,2097152]}", string.Concat(json.GetProperty("hungriest")[0].GetProperty("memory").GetRawText().Where(c => !char.IsWhiteSpace(c))));
    }

    [TestMethod]
    public void An_older_trail_is_drawn_by_its_peaks_and_the_page_says_so()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Released, Lease = "user/1-00000000", DurationMilliseconds = 60_000, PeakMemoryBytes = 5 << 20 });
        string chart = MemoryChartOf(sandbox);
        StringAssert.Contains(chart, "5M at the most");
        StringAssert.Contains(chart, "only the peak is known, drawn from start to end");
        StringAssert.Contains(chart, "<path class=other d=\"M0 100V4.8H400V100Z\"/>");
        Assert.AreEqual(JsonValueKind.Null, sandbox.Run("report", "--json").Json.GetProperty("hungriest")[0].GetProperty("memory").ValueKind);
    }

    [TestMethod]
    public void Where_no_memory_is_known_none_is_drawn()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Released, Lease = "user/1-00000000", DurationMilliseconds = 60_000 });
        Assert.DoesNotContain("Memory over time", sandbox.Run("report", "--output", "-").Output);
        Assert.AreEqual(0, sandbox.Run("report", "--json").Json.GetProperty("memoryOverTime").GetArrayLength());
    }

    [TestMethod]
    public void Ten_thousand_operations_are_drawn_with_a_few_kilobytes()
    {
        using var sandbox = new Sandbox();
        Append(sandbox, new AuditRecord { Event = AuditEvent.Degraded });
        DateTimeOffset time = DateTimeOffset.UtcNow - TimeSpan.FromDays(10);
        var random = new Random(1);
        using (FileStream trail = File.Open(sandbox.AuditFile, FileMode.Append))
        {
            for (int i = 0; i < 10_000; i++)
            {
                time += TimeSpan.FromSeconds(70);
                long[] points = [.. Enumerable.Range(0, 50).Select(_ => random.NextInt64(1L << 32))];
                trail.Write(AuditLine.Write(new AuditRecord { Event = AuditEvent.Released, Time = time, Lease = $"user/{i}-00000000", Label = "work", DurationMilliseconds = 60_000, PeakMemoryBytes = points.Max(), Memory = i % 5 == 0 ? null : new MemorySeries(1200, points) }));
            }
        }

        string chart = MemoryChartOf(sandbox);
        StringAssert.Contains(chart, "One operation at a time: 4.0G at the most");
        Assert.IsLessThan(12_000, chart.Length);
    }

    [TestMethod]
    public void What_is_not_recorded_is_not_shown()
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = [("BUILDGUARD_RECORD_COMMANDS", "false")];
        sandbox.Run(variables, "run", "--label", "deploy", "--preflight", "off", "--", "echo", "hunter2");
        string page = sandbox.Run(variables, "report", "--output", "-").Output;
        StringAssert.Contains(page, "deploy");
        Assert.IsFalse(page.Contains("hunter2", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Figures_are_there_for_programs_and_present_holders_are_no_unknown()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "holder", "--preflight", "off", "--", "cat");
        Helper.Await(() => sandbox.Run("status", "--json").Json.GetProperty("leases"), leases => leases.GetArrayLength() == 1);
        using Helper waiter = sandbox.Start([], "run", "--label", "waiter", "--preflight", "off", "--", "true");
        waiter.AwaitError("BG1001");
        JsonElement json = sandbox.Run("report", "--json").Json;
        Assert.AreEqual(1, json.GetProperty("holding").GetInt32());
        Assert.AreEqual(1, json.GetProperty("waiting").GetInt32());
        Assert.AreEqual(2, json.GetProperty("leases").GetInt32());
        Assert.AreEqual("running", json.GetProperty("slowest")[0].GetProperty("fate").GetString());
        Assert.IsEmpty(Directory.GetFiles(sandbox.Work));
        string page = sandbox.Run("report", "--output", "-").Output;
        StringAssert.Contains(page, "waiting, position 1");
    }

    [TestMethod]
    public void A_page_that_cannot_be_written_is_one_line_and_leaves_nothing()
    {
        using var sandbox = new Sandbox();
        foreach (string file in (string[])["none/report.html", "."])
        {
            Result result = sandbox.Run("report", "--output", file);
            Assert.AreEqual(125, result.ExitCode);
            StringAssert.StartsWith(result.ErrorLine, "buildguard: error BG0016: the page '" + sandbox.Work);
        }

        Assert.IsEmpty(Directory.GetFileSystemEntries(sandbox.Work));
        Assert.AreEqual(0, sandbox.Run("report", "--output", "/dev/null").ExitCode);
        Assert.IsTrue(File.GetAttributes("/dev/null").HasFlag(FileAttributes.Device) || new FileInfo("/dev/null").Length == 0, "it was replaced");
    }

    private static void Append(Sandbox sandbox, AuditRecord record)
    {
        foreach (string directory in (string[])[sandbox.State, Path.GetDirectoryName(sandbox.AuditFile)!])
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using FileStream trail = File.Open(sandbox.AuditFile, FileMode.Append);
        trail.Write(AuditLine.Write(record with { Time = DateTimeOffset.UtcNow, Kind = LeaseKind.Operation }));
    }

    private static string MemoryChartOf(Sandbox sandbox)
    {
        string page = sandbox.Run("report", "--output", "-").Output;
        int start = page.IndexOf("<section><h2>Memory over time</h2>", StringComparison.Ordinal);
        Assert.IsGreaterThan(0, start, "there is no such drawing");
        return page[start..page.IndexOf("</section>", start, StringComparison.Ordinal)];
    }

    private static string? FateOf(Sandbox sandbox) => sandbox.Run("report", "--json").Json.GetProperty("slowest")[0].GetProperty("fate").GetString();
}
