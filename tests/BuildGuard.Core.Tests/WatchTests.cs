using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Processes;
using BuildGuard.Watching;

namespace BuildGuard.Core.Tests;

/// <summary>The rules of the watch, fed with series of samples, five seconds apart.</summary>
[TestClass]
public sealed class WatchTests
{
    private const long Usable = 1000L << 20;

    private readonly Watch _watch = new(new WatchLimits { TreeMemoryBytes = 800L << 20 });
    private readonly List<string> _codes = [];
    private TimeSpan _at;

    [TestMethod]
    public void The_largest_operation_is_ended_and_the_state_is_told_once()
    {
        Assert.IsNull(Look(79, Tree(1, 100), Tree(2, 300)));
        Assert.AreEqual(2UL, Look(81, Tree(1, 100), Tree(2, 300), Tree(3, 500) with { MayBeEnded = false }));
        Assert.IsNull(Look(50, Tree(1, 100)));
        CollectionAssert.AreEqual(new[] { "Warning BG3006", "Message BG3006" }, _codes);
    }

    [TestMethod]
    public void Nothing_that_may_not_be_ended_or_would_give_nothing_is_ended()
    {
        Assert.IsNull(Look(99, Tree(1, 900) with { MayBeEnded = false }, Tree(2, 31)));
        Assert.IsNull(Look(99));
        CollectionAssert.AreEqual(new[] { "Warning BG3006", "Warning BG3006" }, _codes);
    }

    [TestMethod]
    public void No_second_end_before_the_first_is_over_and_was_measured()
    {
        Assert.AreEqual(1UL, Look(90, Tree(1, 300), Tree(2, 200)));
        Assert.IsNull(Look(95, Tree(1, 300), Tree(2, 200)), "it is still there");
        Assert.IsNull(Look(88, Tree(2, 200)), "the first measurement");
        Assert.AreEqual(2UL, Look(88, Tree(2, 200)), "it has fallen, and does not fall any more");
    }

    [TestMethod]
    public void No_second_end_while_memory_falls()
    {
        Assert.AreEqual(1UL, Look(95, Tree(1, 300), Tree(2, 200)));
        foreach (double used in (double[])[93, 91, 89, 87, 85, 83, 81])
        {
            Assert.IsNull(Look(used, Tree(2, 200)));
        }

        Assert.AreEqual(2UL, Look(82, Tree(2, 200)));
    }

    [TestMethod]
    public void No_second_end_until_memory_has_fallen_or_patience_is_at_its_end()
    {
        Assert.AreEqual(1UL, Look(90, Tree(1, 300), Tree(2, 200)));
        ulong?[] next = [.. Enumerable.Range(0, 6).Select(_ => Look(90, Tree(2, 200)))];
        CollectionAssert.AreEqual(new ulong?[] { null, null, null, null, null, 2 }, next);
    }

    /// <summary>Of another watch, before this one began: seconds ago, memory in use now, and at which look the next may be ended.</summary>
    [TestMethod]
    [DataRow(0, 90, 6)]
    [DataRow(1, 85, 2)]
    [DataRow(6, 85, 1)]
    [DataRow(6, 90, 5)]
    [DataRow(24, 90, 2)]
    [DataRow(25, 90, 1)]
    [DataRow(1_000_000_000, 90, 1)]
    public void No_second_end_so_soon_after_that_of_another_watch(int secondsAgo, double used, int look)
    {
        Assert.AreEqual(secondsAgo < 25, _watch.EndedBefore(90, TimeSpan.FromSeconds(secondsAgo)));
        for (int i = 1; i < look; i++)
        {
            Assert.IsNull(Look(used, Tree(2, 200)), $"look {i}");
        }

        Assert.AreEqual(2UL, Look(used, Tree(2, 200)));
    }

    [TestMethod]
    public void A_note_of_an_end_is_believed_of_this_boot_and_when_it_is_past()
    {
        var note = new EndNote("boot", 5000, 93.25);
        Assert.AreEqual(note, EndNote.Parse(note.ToBytes()));
        Assert.AreEqual(TimeSpan.FromSeconds(1), note.AgeAt("boot", 6000));
        Assert.AreEqual(TimeSpan.Zero, note.AgeAt("boot", 5000));
        Assert.IsNull(note.AgeAt("boot", 4999));
        Assert.IsNull(note.AgeAt("other", 6000));
        foreach (string text in (string[])["", "\n", "boot", "boot 5000", "boot 5000 93", "boot 5000 93 4\n", " 5000 93\n", "boot -5 93\n", "boot 5000 -3\n", "boot 5000 101\n", "boot 5000 NaN\n", "boot 5000 1e9\n", "boot 5000 \n", "boot 99999999999999999999 93\n", "\0 \0 \0\n"])
        {
            Assert.IsNull(EndNote.Parse(System.Text.Encoding.UTF8.GetBytes(text)), text);
        }
    }

    [TestMethod]
    public void A_dry_run_says_the_same_once()
    {
        Assert.AreEqual(1UL, Look(90, Tree(1, 300), Tree(2, 200)));
        for (int i = 0; i < 20; i++)
        {
            Assert.IsNull(Look(90, Tree(1, 300), Tree(2, 200)));
        }
    }

    [TestMethod]
    public void One_that_cannot_be_ended_is_not_tried_again()
    {
        WatchSample sample = Sample(90, [Tree(1, 300), Tree(2, 200)]);
        _watch.NotEnded(_watch.Look(sample).ToEnd!);
        Assert.AreEqual(2UL, Look(90, Tree(1, 300), Tree(2, 200)));
    }

    [TestMethod]
    public void The_largest_is_ended_whether_guarded_or_named()
    {
        WatchSample sample = Sample(90, [Tree(1, 300)]);
        Assert.AreEqual(7, Named(_watch.Look(sample with { Named = [Process(7, 400), Process(8, 350)] }).ToEnd));
        Assert.AreEqual(1UL, Ticket(_watch.Look(sample with { Named = [Process(7, 200)] }).ToEnd));
        Assert.AreEqual(1UL, Ticket(_watch.Look(sample with { Named = [Process(7, 300)] }).ToEnd), "of equals the guarded one");
        Assert.AreEqual(7, Named(_watch.Look(Sample(90, []) with { Named = [Process(7, 32)] }).ToEnd));
        Assert.IsNull(_watch.Look(Sample(79, []) with { Named = [Process(7, 400)] }).ToEnd);
    }

    [TestMethod]
    public void After_the_end_of_a_named_one_nothing_else_is_ended_before_it_was_measured()
    {
        NamedSample first = Process(7, 400), second = Process(8, 300);
        WatchSample sample = Sample(90, [Tree(1, 200)]) with { Named = [first, second] };
        _watch.Ended(_watch.Look(sample).ToEnd!, sample);
        Assert.IsNull(_watch.Look(Sample(90, [Tree(1, 200)]) with { Named = [first, second] }).ToEnd, "it is still there");
        ulong?[] next = [.. Enumerable.Range(0, 6).Select(_ => (ulong?)Named(_watch.Look(Sample(90, [Tree(1, 200)]) with { Named = [second] }).ToEnd))];
        CollectionAssert.AreEqual(new ulong?[] { null, null, null, null, null, 8 }, next);
    }

    [TestMethod]
    public void Another_process_of_the_same_id_is_another_one()
    {
        NamedSample one = Process(7, 400), other = one with { Process = one.Process with { StartTime = 2 } };
        _watch.NotEnded(_watch.Look(Sample(90, []) with { Named = [one] }).ToEnd!);
        Assert.IsNull(_watch.Look(Sample(90, []) with { Named = [one] }).ToEnd);
        Assert.AreEqual(7, Named(_watch.Look(Sample(90, []) with { Named = [other] }).ToEnd));
    }

    [TestMethod]
    public void Wavering_about_the_threshold_is_one_state()
    {
        foreach (double used in (double[])[80, 79.5, 80.2, 79, 80, 78.5])
        {
            Look(used);
        }

        CollectionAssert.AreEqual(new[] { "Warning BG3006", "Warning BG3006" }, _codes, "high, and nothing to end");
        Look(77);
        Assert.AreEqual("Message BG3006", _codes[^1]);
    }

    [TestMethod]
    public void Processes_are_counted_in_all_trees_together()
    {
        Look(10, Tree(1, 1) with { Processes = 60 }, Tree(2, 1) with { Processes = 39 });
        Assert.IsEmpty(_codes);
        Look(10, Tree(1, 1) with { Processes = 60 }, Tree(2, 1) with { Processes = 40 });
        Look(10, Tree(1, 1) with { Processes = 60 }, Tree(2, 1) with { Processes = 90 });
        CollectionAssert.AreEqual(new[] { "Warning BG3008" }, _codes);
    }

    /// <summary>The limit is the operation's own: the one that holds where the watch was started is taken only where none is told.</summary>
    [TestMethod]
    [DataRow(null, "it reaches the limit of 800M (BuildGuardMaxMemory as set here: its ticket does not tell its own) and is ended in 4m55s")]
    [DataRow(400, "it reaches the limit of 400M (BuildGuardMaxMemory or --memory) and is ended in 1m35s")]
    [DataRow(0, "the machine reaches the threshold of 80 %, and the largest guarded tree is ended, in 5m50s")]
    public void Memory_that_grows_steadily_is_told_with_the_time_to_the_limit(int? limit, string end)
    {
        LeaseLimits? limits = limit is { } megabytes ? new LeaseLimits(megabytes > 0 ? (long)megabytes << 20 : null, 20) : null;
        StringAssert.EndsWith(GrowthOf(i => [Tree(1, 100 + (10 * i)) with { Limits = limits }]), $"120M more each minute. At that pace {end}");
    }

    /// <summary>What runs in the leases inside counts, too.</summary>
    [TestMethod]
    public void The_limit_of_a_lease_around_may_come_first()
    {
        TreeSample outer = Tree(1, 50) with { Limits = new LeaseLimits(500L << 20, null) };
        LeaseId id = outer.Id.Child(outer.Id.Ticket);
        StringAssert.EndsWith(
            GrowthOf(i => [outer, Tree(2, 100 + (10 * i)) with { Id = id, Limits = new LeaseLimits(700L << 20, null) }]),
            $"At that pace it reaches the limit of 500M of 'work 1' (lease {outer.Id.Value}) around it (BuildGuardMaxMemory or --memory) and is ended in 2m");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Memory_that_stands_breathes_or_has_grown_once_is_not_told(int form)
    {
        for (int i = 0; i < 200; i++)
        {
            int megabytes = form switch { 0 => 300, 1 => i % 10 * 20, _ => i < 5 ? 50 + (50 * i) : 300 };
            Look(10, Tree(1, megabytes) with { CpuMilliseconds = 100 * i });
        }

        Assert.IsEmpty(_codes);
    }

    [TestMethod]
    public void A_lock_held_long_is_told_once_and_only_of_the_outermost()
    {
        foreach (int minutes in (int[])[29, 30, 31, 90])
        {
            TreeSample tree = Tree(1, 1) with { Held = TimeSpan.FromMinutes(minutes) };
            Look(10, tree, tree with { Id = tree.Id.Child(tree.Id.Ticket) });
        }

        CollectionAssert.AreEqual(new[] { "Warning BG1007" }, _codes);
    }

    [TestMethod]
    public void That_a_holder_died_is_told_once()
    {
        Look(10, Tree(1, 1));
        Look(10, Tree(1, 1) with { IsDead = true });
        Look(10, Tree(1, 1) with { IsDead = true });
        CollectionAssert.AreEqual(new[] { "Warning BG1008" }, _codes);
    }

    [TestMethod]
    public void A_tree_that_does_nothing_is_told_also_when_it_came_late()
    {
        _at = TimeSpan.FromHours(2);
        for (int i = 0; i < 61; i++)
        {
            Look(10, Tree(1, 1), Tree(2, 1) with { CpuMilliseconds = 100 * i }, Tree(3, 1) with { WrittenBytes = i });
            Assert.HasCount(i < 60 ? 0 : 1, _codes);
        }

        Assert.AreEqual("Warning BG3004", _codes[0]);
    }

    /// <summary>What is said of the first growth.</summary>
    private string GrowthOf(Func<int, TreeSample[]> trees)
    {
        WatchRound? told = null;
        for (int i = 0; i < 30 && told is null; i++)
        {
            WatchRound round = _watch.Look(Sample(10, trees(i)));
            told = round.Findings.Count > 0 ? round : null;
        }

        GuardMessage message = told!.Findings.Single().Message;
        Assert.AreEqual("BG3009", message.Code);
        return message.Text;
    }

    private static TreeSample Tree(int number, int megabytes) => new(IdOf(number), $"work {number}", 100 + number, TimeSpan.Zero)
    {
        MemoryBytes = (long)megabytes << 20,
        Processes = 1,
        MayBeEnded = true,
    };

    private static NamedSample Process(int pid, int megabytes) =>
        new(new ProcessIdentity("boot", 1, pid, 1), "server", "server") { Pids = [pid], MemoryBytes = (long)megabytes << 20 };

    private static ulong? Ticket(IEndable? what) => ((TreeSample?)what)?.Id.Ticket.Number;

    private static int? Named(IEndable? what) => ((NamedSample?)what)?.Process.Pid;

    private static LeaseId IdOf(int number) => LeaseId.TryParse($"user/{number}-00000000", out LeaseId id) ? id : throw new ArgumentException($"{number}");

    private WatchSample Sample(double usedPercent, TreeSample[] trees)
    {
        _at += TimeSpan.FromSeconds(5);
        return new WatchSample(_at, Usable, (long)(Usable * (100 - usedPercent) / 100), trees);
    }

    /// <summary>One look; what is to be ended is taken for ended. Its number.</summary>
    private ulong? Look(double usedPercent, params TreeSample[] trees)
    {
        WatchSample sample = Sample(usedPercent, trees);
        WatchRound round = _watch.Look(sample);
        _codes.AddRange(round.Findings.Select(finding => $"{finding.Message.Level} {finding.Message.Code}"));
        if (round.ToEnd is { } what)
        {
            _watch.Ended(what, sample);
        }

        return Ticket(round.ToEnd);
    }
}
