using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Preflight;
using BuildGuard.Processes;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed partial class MessagesTests
{
    private static readonly ProcessRow[] Rows =
    [
        Row(1, "sh", "sh -c 'a'", 10 << 20), Row(2, "sh", "sh -c 'b'", 20 << 20), Row(3, "testhost", "dotnet exec testhost.dll", 400 << 20), Row(4, "cat", "cat", 1 << 20),
    ];

    private static IEnumerable<GuardMessage> All =>
    [
        Messages.HelperCannotStart("/x/buildguard", "No such file or directory"),
        Messages.Disabled("BUILDGUARD_DISABLE=1"),
        Messages.BadSetting("Slots", "x", "--slots", "a number"),
        Messages.SettingsFileMistake("/x/buildguard.json", 1, 2, "this is not JSON"),
        Messages.BadUsage("run", "no command given"),
        Messages.CommandNotStarted("dotnte", "No such file or directory", notFound: true),
        Messages.ReportUnwritable("/x/report.json", "No space left on device"),
        Messages.ReportRefused("/x/report.json", "No such file or directory"),
        Messages.OutputUnwritable("No space left on device"),
        Messages.PageUnwritable("/x/report.html", "No space left on device"),
        Messages.UnsupportedSystem(),
        Messages.Unforeseen(new InvalidOperationException("the thing\nwas not there"), openFiles: null),
        Messages.UnknownVariable(MessageLevel.Warning, "BUILDGUARD_MEMROY", "did you mean 'BUILDGUARD_MAX_MEMORY'?"),
        Messages.HooksUnusable("fatal: not a git repository", "go to a git repository"),
        Messages.HooksUnreadable("git cannot be started", "install git"),
        Messages.ScheduleUnreadable("the crontab cannot be read", "see that 'crontab -l' works"),
        Messages.ScheduleFailed("the crontab cannot be read", "see that 'crontab -l' works"),
        Messages.InitFailed("/x/pytest.ini: No space left on device", "make it writable"),
        Messages.OtherVersion("a.csproj references", "0.1.0", isOlder: true, "0.2.0", "'buildguard init' raises it"),
        Messages.UntoldVersion("global.json", "'<' is an invalid start of a value"),
        Messages.StateOpenToOthers("/x", UnixFileMode.UserRead | UnixFileMode.GroupRead),
        Messages.UntrustedDirectory("/x", "it is a link", "remove it"),
        Messages.UnwritableState("/x", "No space left on device"),
        Messages.AuditUnwritable("/x", "No space left on device"),
        Messages.Waiting(1, "dotnet build", 12, TimeSpan.FromSeconds(70), TimeSpan.Zero),
        Messages.WaitingBehind(2, "dotnet build", 12, TimeSpan.FromSeconds(70), new PreflightWait(4L << 30, 1L << 30, 8, 9.5), TimeSpan.Zero),
        Messages.EndingLeftover("user/1-00000000", "dotnet build", 12),
        Messages.EndingDamaged("user/1-00000000"),
        Messages.EndingInside("user/1-00000000/1-00000001", "dotnet build", 12),
        Messages.NumbersExhausted("/x/locks/user", 1UL << 62),
        Messages.SessionHelperKilled(),
        Messages.Stopped(wasWaiting: true),
        Messages.DeadLeases(["nightly", "dotnet build"]),
        Messages.DamagedStateFile("/x/a", "/x/damaged/a"),
        Messages.HeldUnreadable(["user/7-00000001"]),
        Messages.QueueShut("/x/locks/user/mutex", [], TimeSpan.FromSeconds(2)),
        Messages.QueueShut("/x/locks/user/mutex", [12], TimeSpan.FromSeconds(2)),
        Messages.LeftToAnother("machine/1-00000000", Rows),
        Messages.LeftUnseen("user/12-9f3a77b0", "sh", 17),
        Messages.NamedSpared(["user/7-00000001"]),
        Messages.TooLittleFreeMemory(MessageLevel.Error, 1 << 30, 4L << 30, 24L << 30),
        Messages.LoadTooHigh(MessageLevel.Warning, 14.2, 8),
        Messages.PreflightTimedOut(TimeSpan.FromMinutes(10), [Messages.LoadTooHigh(MessageLevel.Error, 14.2, 8)]),
        Messages.MemoryLimit(512 << 20, 513 << 20, Rows),
        Messages.ProcessLimit(20, 21, Rows),
        Messages.TimedOut(TimeSpan.FromMinutes(5)),
        Messages.Stalled(TimeSpan.FromMinutes(5), ended: false, Rows),
        Messages.OtherProtocol("1.0.0", 1, "2.0.0", 2),
        Messages.OtherProtocol("2.0.0", 2, null, 1),
        Messages.MixedVersions("1.0.0", "2.0.0"),
        Messages.MachineMemoryHigh(81.26, 80, 5L << 30, 6L << 30, endsNamed: false, dryRun: false),
        Messages.MachineMemoryHigh(81.26, 80, 5L << 30, 6L << 30, endsNamed: true, dryRun: true),
        Messages.MachineMemoryCalm(70, 80),
        Messages.NothingToEnd(90, 32 << 20, endsNamed: false),
        Messages.NothingToEnd(90, 32 << 20, endsNamed: true),
        Messages.TreeEnded("user/1-00000000", "dotnet test", 2L << 30, 90, dryRun: false),
        Messages.TreeEnded("user/1-00000000", "dotnet test", 2L << 30, 90, dryRun: true),
        Messages.TreeNotEnded("user/1-00000000", "dotnet test", 1),
        Messages.NamedEnded("python3", 12, "pytest", "BUILDGUARD_MONITOR_ENDS", 3, 2L << 30, 90, dryRun: false),
        Messages.NamedEnded("python3", 12, "pytest", "/x/buildguard.json", 1, 2L << 30, 90, dryRun: true),
        Messages.NamedNotEnded("python3", 12, "Processes are left that cannot be ended"),
        Messages.ManyProcesses(120, 100),
        Messages.MemoryGrowsToLimit("user/1-00000000", "dotnet test", 2L << 30, 1 << 20, TimeSpan.FromMinutes(9), 8L << 30, true, null, ""),
        Messages.MemoryGrowsToLimit("user/1-00000000/1-00000000", "dotnet test", 2L << 30, 1 << 20, TimeSpan.FromMinutes(9), 8L << 30, false, "user/1-00000000", "make"),
        Messages.MemoryGrowsToThreshold("user/1-00000000", "dotnet test", 2L << 30, 1 << 20, TimeSpan.FromMinutes(9), 80),
        Messages.TreeStalled("user/1-00000000", "dotnet test", TimeSpan.FromMinutes(5)),
        Messages.HeldLong("user/1-00000000", "dotnet test", 12, TimeSpan.FromMinutes(31), TimeSpan.FromMinutes(30)),
        Messages.NearMemoryLimit(512 << 20, 420 << 20),
        Messages.OrphansEnded([new EndedProcess(7, "sleep", "sleep 60", 3000, 400 << 10)]),
        Messages.IdleEnded([new EndedProcess(7, "dotnet", "dotnet MSBuild.dll /nodemode:1", 3000, 90 << 20)], TimeSpan.FromMinutes(10)),
        Messages.WeakerContainment(Rung.Bare, ["memory is sampled"]),
        Messages.CannotEnd("the process tree", [1, 2], "Operation not permitted"),
        Messages.CannotContain("no memory"),
        Messages.HelperKilled(137),
        Messages.Reaping("user/1-00000000", "dotnet build", 12),
        Messages.TestConsoleNotFound(),
        Messages.TestsUnguarded(),
    ];

    /// <summary>What only the MSBuild tasks say, which have texts of their own.</summary>
    private static readonly string[] SaidByTasksAlone = ["BG0017", "BG0023", "BG0024", "BG0025", "BG1011", "BG5004"];

    [TestMethod]
    public void Every_code_has_a_section_with_cause_and_remedy_and_every_section_a_code()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "messages.md"));
        var sections = page.Split("\n## ").Skip(1).ToDictionary(s => s[..6], s => s);
        CollectionAssert.AreEquivalent(sections.Keys.ToArray(), All.Select(m => m.Code).Concat(SaidByTasksAlone).Distinct().ToArray());
        foreach (string section in sections.Values)
        {
            StringAssert.Contains(section, "Cause: ");
            StringAssert.Contains(section, "Remedy: ");
        }

        foreach (GuardMessage message in All)
        {
            string section = sections[message.Code];
            StringAssert.Contains(section.Split('\n')[2], message.Level.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [TestMethod]
    public void Every_message_is_one_line_with_its_code_and_help_link()
    {
        foreach (GuardMessage message in All)
        {
            string line = message.ToString();
            StringAssert.Matches(line, OneLine());
            StringAssert.EndsWith(line, $" [https://github.com/buildguard/buildguard/blob/main/docs/messages.md#{message.Code.ToLowerInvariant()}]");
        }
    }

    [TestMethod]
    public void Ordinary_life_is_never_a_warning()
    {
        foreach (string code in (string[])["BG0002", "BG0007", "BG1001", "BG1002", "BG3005", "BG4001"])
        {
            Assert.IsTrue(All.Where(m => m.Code == code).All(m => m.Level == MessageLevel.Message), code);
        }
    }

    [TestMethod]
    public void The_memory_limit_names_the_three_largest() =>
        Assert.AreEqual(
            "memory limit of 512M reached (peak 513M); the whole process tree was ended. Largest: testhost (pid 3, 400M: dotnet exec testhost.dll), "
            + "sh (pid 2, 20M: sh -c 'b'), sh (pid 1, 10M: sh -c 'a'). Raise BuildGuardMaxMemory or --memory if that much is right",
            Messages.MemoryLimit(512 << 20, 513 << 20, Rows).Text);

    [TestMethod]
    public void The_process_limit_counts_equal_names() =>
        StringAssert.Contains(Messages.ProcessLimit(20, 21, Rows).Text, "Processes: 2 × sh, testhost (pid 3), cat (pid 4).");

    [TestMethod]
    public void Waiting_says_position_holder_pid_and_age()
    {
        Assert.AreEqual(
            "waiting for the turn at position 2: 'dotnet build A.sln' (pid 4711) has had it for 1m12s",
            Messages.Waiting(2, "dotnet build A.sln", 4711, TimeSpan.FromSeconds(72), TimeSpan.Zero).Text);
        Assert.AreEqual(
            "waiting for the turn at position 1: 'a' (pid 4711) has had it for 1m12s, and is stopped: 'kill -CONT 4711 4712' lets it go on",
            Messages.Waiting(1, "a", 4711, TimeSpan.FromSeconds(72), TimeSpan.Zero, [4711, 4712]).Text);
        Assert.AreEqual(
            "waiting for the turn at position 1: 'a' (pid 4711) is just getting it, and is stopped: 'kill -CONT 4711' lets it go on",
            Messages.WaitingBehind(1, "a", 4711, TimeSpan.FromSeconds(72), null, TimeSpan.Zero, [4711]).Text);
        StringAssert.StartsWith(
            Messages.Waiting(2, "a", 1, TimeSpan.FromSeconds(72), TimeSpan.FromSeconds(30)).Text, "still waiting for the turn at position 2 after 30s: 'a' (pid 1)");
    }

    [TestMethod]
    public void Foreign_text_cannot_steer_the_terminal()
    {
        string text = Messages.Waiting(1, "evil\u001b[2J\r\n\u0007label", 1, TimeSpan.Zero, TimeSpan.Zero).Text;
        Assert.IsFalse(text.Any(char.IsControl));
        StringAssert.Contains(text, "evil\uFFFD[2J  \uFFFDlabel");
    }

    [TestMethod]
    public void Long_text_is_cut() =>
        Assert.IsLessThan(400, Messages.Waiting(1, new string('x', 100_000), 1, TimeSpan.Zero, TimeSpan.Zero).Text.Length);

    [TestMethod]
    public void Json_lines_are_what_the_tasks_read()
    {
        var writer = new MemoryWriter();
        IMessageSink sink = MessageSink.JsonLines(writer);
        sink.Say(Messages.Disabled("a \"quoted\" word"));
        sink.Say(Messages.BadUsage("run", "x"));
        string[] lines = Encoding.UTF8.GetString(writer.Bytes.ToArray()).Split('\n');
        Assert.AreEqual(3, lines.Length);
        using JsonDocument first = JsonDocument.Parse(lines[0]);
        Assert.AreEqual("event level code text helpLink", string.Join(' ', first.RootElement.EnumerateObject().Select(p => p.Name)));
        Assert.AreEqual("message", first.RootElement.GetProperty("event").GetString());
        Assert.AreEqual("message", first.RootElement.GetProperty("level").GetString());
        Assert.AreEqual("nothing is guarded, because of a \"quoted\" word", first.RootElement.GetProperty("text").GetString());
        using JsonDocument second = JsonDocument.Parse(lines[1]);
        Assert.AreEqual("error", second.RootElement.GetProperty("level").GetString());
        Assert.AreEqual("", lines[2]);
    }

    [TestMethod]
    public void Quiet_leaves_out_ordinary_life_alone()
    {
        var recorded = new RecordingSink();
        IMessageSink quiet = MessageSink.Quiet(recorded);
        foreach (GuardMessage message in All)
        {
            quiet.Say(message);
        }

        CollectionAssert.AreEqual(All.Where(m => m.Level != MessageLevel.Message).ToArray(), recorded.Said);
    }

    [TestMethod]
    public void A_listener_that_is_gone_stops_nobody() => MessageSink.Text(new BrokenWriter()).Say(Messages.Disabled("x"));

    private static ProcessRow Row(int pid, string name, string command, long memory) =>
        new(new ProcessIdentity("boot", 1, pid, 1), 1, name, command, memory, 0, 0, 'S');

    [GeneratedRegex(@"^buildguard: ((warning|error) )?BG\d{4}: [^\x00-\x1f]+$")]
    private static partial Regex OneLine();

    private sealed class MemoryWriter : ILineWriter
    {
        public List<byte> Bytes { get; } = [];

        public void Write(ReadOnlySpan<byte> line) => Bytes.AddRange(line);
    }

    private sealed class BrokenWriter : ILineWriter
    {
        public void Write(ReadOnlySpan<byte> line) => throw new IOException("broken pipe");
    }
}
