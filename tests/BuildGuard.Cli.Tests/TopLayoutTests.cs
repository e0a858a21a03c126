using BuildGuard.Audit;
using BuildGuard.Cli.Dashboard;
using BuildGuard.Cli.Output;
using BuildGuard.Leases;
using BuildGuard.Preflight;
using BuildGuard.Processes;

namespace BuildGuard.Cli.Tests;

/// <summary>The dashboard as lines, at several sizes.</summary>
[TestClass]
public sealed class TopLayoutTests
{
    private const string Hostile = "\u001b[2J\u0007\u202e\r\nwaiter 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字 e\u0301\ud800";

    [TestMethod]
    [DataRow(80, 24)]
    [DataRow(120, 40)]
    [DataRow(50, 15)]
    [DataRow(300, 100)]
    [DataRow(20, 6)]
    [DataRow(1, 1)]
    public void It_fits_the_screen_whatever_there_is_to_show(int width, int height)
    {
        foreach (TopModel model in (TopModel[])[Model(0, 0, 0), Model(1, 0, 3), Model(2, 50, 20), Model(40, 1, 20)])
        {
            IReadOnlyList<Line> lines = TopLayout.Of(model, width, height);
            Assert.HasCount(height, lines);
            foreach (Line line in lines)
            {
                Assert.IsLessThanOrEqualTo(width, TextWidth.Of(line.Render(width, colours: false)));
            }

            StringAssert.Contains(lines[^1].Render(Math.Max(width, 7), colours: false), "q quit");
        }
    }

    [TestMethod]
    public void Why_nothing_new_is_seen_is_said_in_full_and_the_keys_stay()
    {
        string problem = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"word{i}"));
        string[] lines = Text(Model(1, 0, 3) with { Problem = problem }, 40, 24);
        StringAssert.Contains(string.Join(' ', lines.Select(line => line.Trim())), "word20 ");
        StringAssert.Contains(lines[^1], "q quit");
        StringAssert.Contains(string.Join(' ', Text(Model(0, 0, 0) with { Problem = problem }, 80, 24)), "word39");
    }

    [TestMethod]
    public void Nothing_that_others_wrote_steers_the_terminal()
    {
        TopModel model = Model(3, 5, 5);
        foreach (Line line in TopLayout.Of(model, 120, 40))
        {
            string text = line.Render(120, colours: false);
            Assert.IsFalse(text.Any(c => char.IsControl(c) || c is '\u202e'), text);
        }

        string coloured = string.Join('\n', TopLayout.Of(model, 120, 40).Select(line => line.Render(120, colours: true)));
        StringAssert.Matches(coloured, new("^[^\u001b]*(\u001b\\[[0-9]?[0-9]?m[^\u001b]*)*$"));
    }

    [TestMethod]
    public void At_80_by_24_there_is_everything()
    {
        string[] lines = Text(Model(2, 50, 20), 80, 24);
        StringAssert.StartsWith(lines[0], "buildguard top  2 leases, 50 waiting  limits 8G, 20 processes");
        StringAssert.EndsWith(lines[0], "12:00:00");
        CollectionAssert.AreEqual(new[] { "memory", "swap", "load", "pressure" }, lines[1..5].Select(l => l.Split(' ')[0]).ToArray());
        StringAssert.Contains(lines[1], "6G of 24G");
        StringAssert.StartsWith(lines[6], "LEASE ");
        StringAssert.Contains(lines[7], "session work 0");
        StringAssert.Contains(lines[7], " 4G ");
        Assert.Contains("WAITING", lines);
        Assert.IsTrue(lines.Any(l => l.EndsWith("more lines", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void At_50_by_15_the_machine_takes_two_lines_and_the_figures_that_matter_stay()
    {
        string[] lines = Text(Model(2, 2, 2), 50, 15);
        CollectionAssert.AreEqual(new[] { "memory", "load" }, lines[1..3].Select(l => l.Split(' ')[0]).ToArray());
        StringAssert.Matches(lines[3], new("^LEASE +FOR MEMORY▾ +CPU$"));
    }

    [TestMethod]
    public void At_20_by_6_there_is_room_for_a_lease_and_the_figure_that_is_sorted_by()
    {
        TopModel model = Model(2, 2, 2);
        string[] lines = Text(model, 20, 6);
        Assert.AreEqual("2 leases, 2 waiting", lines[0]);
        Assert.AreEqual("memory 6G of 24G", lines[1]);
        StringAssert.Matches(lines[2], new("^LEASE +MEMORY▾$"));
        StringAssert.Matches(lines[3], new("^ work 0 .* 4G$"));
        StringAssert.Matches(Text(model with { Sort = TopSort.Age }, 20, 6)[2], new("^LEASE +FOR▾$"));
    }

    [TestMethod]
    [DataRow(80, 24)]
    [DataRow(20, 6)]
    [DataRow(20, 5)]
    [DataRow(20, 4)]
    public void The_selected_lease_is_always_in_sight(int width, int height)
    {
        TopModel model = Model(40, 10, 5);
        foreach (TopLease lease in model.Leases)
        {
            string[] lines = Text(model with { Selected = lease.Id }, width, height);
            Assert.AreEqual(1, lines.Count(l => l.StartsWith('>') && l.Contains($"work {lease.Pid} ", StringComparison.Ordinal)), lease.Label);
        }
    }

    [TestMethod]
    public void Leases_beside_each_other_are_sorted_and_stay_below_their_parent()
    {
        TopModel model = Model(3, 0, 0);
        TopLease inside = model.Leases[0] with { Id = model.Leases[2].Id.Child(model.Leases[2].Id.Ticket), MemoryBytes = long.MaxValue };
        model = model with { Leases = [.. model.Leases, inside] };
        CollectionAssert.AreEqual(new[] { 2, 2, 1, 0 }, Order(model with { Sort = TopSort.Cpu }));
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 2 }, Order(model with { Sort = TopSort.Age }));
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 2 }, Order(model with { Sort = TopSort.Memory }));
    }

    [TestMethod]
    public void A_result_takes_the_place_of_the_keys() =>
        Assert.AreEqual("Ended it.", Text(Model(1, 0, 0) with { Notice = "Ended it." }, 80, 24)[^1]);

    [TestMethod]
    [DataRow(120, "End 'a label that takes more room …' with 3 processes? y/n  (user/1-00000000)")]
    [DataRow(70, "End 'a label that takes more room …' with 3 processes? y/n")]
    [DataRow(40, "End 'a label tha…' with 3 processes? y/n")]
    public void A_question_takes_the_place_of_the_keys_and_its_answers_stay_in_sight(int width, string expected)
    {
        TopModel model = Model(1, 0, 0);
        model = model with { Asked = model.Leases[0] with { Label = "a label that takes more room than there is" } };
        Assert.AreEqual(expected, Text(model, width, 24)[^1]);
    }

    [TestMethod]
    [DataRow(55, 2, 50, "buildguard top  2 leases, 50 waiting           12:00:00", "m memory  c cpu  a age  ↑↓ select  k end lease  q quit")]
    [DataRow(40, 1, 50, "top  1 lease, 50 waiting        12:00:00", "q quit  k end  ↑↓ select  m c a sort")]
    [DataRow(30, 1, 50, "top  1 lease, 50 waiting", "q quit  k end  ↑↓ select  m c…")]
    public void In_a_narrow_window_the_title_stays_apart_from_the_clock_and_how_to_quit_in_sight(int width, int leases, int waiting, string title, string keys)
    {
        string[] lines = Text(Model(leases, waiting, 0), width, 24);
        Assert.AreEqual(title, lines[0]);
        Assert.AreEqual(keys, lines[^1]);
    }

    [TestMethod]
    public void A_snapshot_is_as_long_as_what_there_is()
    {
        string[] lines = [.. TopLayout.Of(Model(2, 50, 5) with { IsLive = false }, 120, null).Select(l => l.Text)];
        Assert.AreEqual(50, lines.Count(l => l.Contains("pid 5", StringComparison.Ordinal)));
        Assert.IsFalse(lines.Any(l => l.Contains("quit", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(80)]
    [DataRow(50)]
    public void That_a_holder_died_stays_in_sight_beside_a_long_label(int width)
    {
        TopModel model = Model(1, 0, 0);
        model = model with { Leases = [model.Leases[0] with { State = "holder died" }] };
        Assert.HasCount(1, Text(model, width, 24).Where(line => line.Contains("session wo", StringComparison.Ordinal) && line.Contains("… (holder died) ", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(40, "^ work 0 .*… \\(died\\) ")]
    [DataRow(20, "^ wor… \\(died\\) ")]
    public void In_a_narrow_window_that_a_holder_died_leaves_room_for_its_label(int width, string expected)
    {
        TopModel model = Model(1, 0, 0);
        model = model with { Leases = [model.Leases[0] with { State = "holder died" }] };
        Assert.HasCount(1, Text(model, width, 24).Where(line => System.Text.RegularExpressions.Regex.IsMatch(line, expected)), string.Join('\n', Text(model, width, 24)));
    }

    [TestMethod]
    public void Where_there_are_several_locks_each_says_under_which()
    {
        TopModel model = Model(2, 2, 0);
        Assert.IsFalse(Text(model, 120, 24).Any(line => line.Contains("lock user", StringComparison.Ordinal)));
        Assert.IsTrue(LeaseId.TryParse("deploy/1-00000000", out LeaseId other));
        model = model with { Leases = [model.Leases[0] with { Id = other, Label = "outer" }, model.Leases[1]] };
        string[] lines = Text(model, 120, 24);
        Assert.HasCount(1, lines.Where(line => line.StartsWith(" session outer, lock deploy ", StringComparison.Ordinal)));
        Assert.HasCount(2, lines.Where(line => line.Contains("  lock user", StringComparison.Ordinal) && line.Contains("pid 500", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(60)]
    public void Of_many_events_the_latest_are_shown(int? height)
    {
        TopModel model = Model(1, 0, 20);
        model = model with { Events = [.. model.Events.Select((record, i) => record with { Label = $"event {i:00}", Code = null, WaitedMilliseconds = null })] };
        string[] lines = [.. TopLayout.Of(model, 80, height).Select(line => line.Text.TrimEnd())];
        CollectionAssert.AreEqual(
            Enumerable.Range(10, 10).Select(i => $"event {i:00}").ToArray(),
            lines.Where(line => line.Contains(" event ", StringComparison.Ordinal)).Select(line => line[^8..]).ToArray());
    }

    [TestMethod]
    [DataRow("abc", 3, "abc")]
    [DataRow("abcd", 3, "ab…")]
    [DataRow("漢字", 4, "漢字")]
    [DataRow("漢字", 3, "漢…")]
    [DataRow("e\u0301e\u0301", 2, "e\u0301e\u0301")]
    [DataRow("abc", 0, "")]
    public void Text_is_cut_by_columns(string text, int width, string expected) => Assert.AreEqual(expected, TextWidth.Cut(text, width));

    [TestMethod]
    [DataRow("/home/me/work", 20, "/home/me/work")]
    [DataRow("/home/me/work", 6, "…/work")]
    [DataRow("/漢字", 4, "…字")]
    [DataRow("abc", 0, "")]
    public void Of_a_directory_the_end_stays(string text, int width, string expected) => Assert.AreEqual(expected, TextWidth.CutFront(text, width));

    [TestMethod]
    [DataRow(80, "dotnet test --no-build  in /home/me/a")]
    [DataRow(45, "0s")]
    [DataRow(60, "dotnet test -…  in /home/me/a")]
    public void A_waiter_is_shown_with_what_for_and_where(int width, string expected)
    {
        TopModel model = Model(0, 1, 0);
        model = model with { Queue = [model.Queue[0] with { Record = model.Queue[0].Record with { Label = "dotnet", Command = "dotnet test --no-build", WorkingDirectory = "/home/me/a" } }] };
        StringAssert.EndsWith(Text(model, width, 24).Single(line => line.Contains("pid 5000", StringComparison.Ordinal)), expected);
    }

    private static int[] Order(TopModel model) => [.. model.Ordered.Select(lease => int.Parse(lease.Id.Value.Split('/')[1].Split('-')[0]) - 1)];

    private static string[] Text(TopModel model, int width, int height) => [.. TopLayout.Of(model, width, height).Select(line => line.Render(width, colours: false).TrimEnd())];

    private static TopModel Model(int leases, int waiting, int events)
    {
        var machine = new TopMachine(24L << 30, new MachineState(18L << 30, 1.5, new MemoryPressure(1, 0)), 0, 0, 2)
        {
            Memory = new TopGauge([0.1, 0.2, 0.25]),
            Swap = new TopGauge([0]),
            Load = new TopGauge([0.75]),
            Pressure = new TopGauge([]),
        };
        var holder = new ProcessIdentity("", 0, 5000, 1);
        return new TopModel(
            new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            machine,
            [.. Enumerable.Range(0, leases).Select(i => new TopLease(
                IdOf(i + 1), $"work {i} {Hostile}", i == 0 ? LeaseKind.Session : LeaseKind.Operation, i, TimeSpan.FromMinutes(100 - i), "", (long)(8 >> i) << 29, 3, i, [new TopProcess(9, "sh", Hostile, 1 << 20, null, true)]))],
            [.. Enumerable.Range(0, waiting).Select(i => new TicketView(i + 1, IdOf(1000 + i), new LeaseRecord { Kind = LeaseKind.Operation, Holder = holder, Label = Hostile, User = "me", EnqueuedAt = default })
            {
                Age = TimeSpan.FromHours(i),
                Stopped = [],
            })],
            [.. Enumerable.Range(0, events).Select(i => new AuditRecord { Event = AuditEvent.Killed, Label = Hostile, Code = Hostile, WaitedMilliseconds = long.MaxValue })],
            8L << 30,
            20)
        {
            IsLive = true,
        };
    }

    private static LeaseId IdOf(int number) => LeaseId.TryParse($"user/{number}-00000000", out LeaseId id) ? id : throw new ArgumentException($"{number}");
}
