using BuildGuard.Leases;
using BuildGuard.Processes;
using BuildGuard.Watching;

namespace BuildGuard.Core.Tests;

/// <summary>The watch over weeks: leases come and go, memory runs out and is calm again, and what it keeps does not grow.</summary>
[TestClass]
public sealed class LongWatchTests
{
    /// <summary>Eleven and a half days at five seconds.</summary>
    private const int Looks = 200_000;

    /// <summary>After so many looks everything is as before, but for names, ids and times, which never return.</summary>
    private const int Period = 1000;

    private readonly Watch _watch = new(new WatchLimits { TreeMemoryBytes = 800L << 20, EndsNamed = true });
    private readonly Dictionary<string, int> _said = [];
    private int _tried;

    [TestMethod]
    public void What_is_kept_after_weeks_is_what_was_kept_after_hours()
    {
        int early = 0;
        for (int look = 1; look <= Looks; look++)
        {
            Look(look);
            if (look % (4 * Period) == 0)
            {
                int weight = Weight.Of(_watch);
                early = early == 0 ? weight : early;
                Assert.AreEqual(early, weight, $"after {look} looks");
            }
        }

        Assert.IsGreaterThan(100, early, "it keeps samples of those that are there");

        // All that it can keep something for has happened, as often in the last hours as in the first.
        foreach (string code in (string[])["BG3004", "BG3006", "BG3008", "BG3009", "BG1007", "BG1008", "ended", "not ended"])
        {
            Assert.IsGreaterThanOrEqualTo(Looks / Period, _said.GetValueOrDefault(code), code);
        }
    }

    [TestMethod]
    public void When_all_are_gone_nothing_is_kept_of_them()
    {
        int empty = 0;
        for (int look = 1; look <= 8 * Period; look++)
        {
            Look(look);
            if (look % (4 * Period) == 0)
            {
                // What was reserved for so many stays reserved.
                _ = _watch.Look(new WatchSample(At(look), Usable, Usable, []));
                int weight = Weight.Of(_watch);
                Assert.IsTrue(empty == 0 || weight == empty, $"{weight} after {empty}");
                empty = weight;
            }
        }
    }

    private const long Usable = 1000L << 20;

    private void Look(int look)
    {
        var sample = new WatchSample(At(look), Usable, FreeAt(look % Period), [.. TreesAt(look)])
        {
            Named = [.. Enumerable.Range(0, look % 3).Select(i => Process((look / 20 * 3) + i))],
        };
        WatchRound round = _watch.Look(sample);
        foreach (WatchFinding finding in round.Findings)
        {
            Count(finding.Message.Code);
        }

        if (round.ToEnd is { } what && ++_tried % 2 == 0)
        {
            Count("not ended");
            _watch.NotEnded(what);
        }
        else if (round.ToEnd is { } other)
        {
            Count("ended");
            _watch.Ended(other, sample);
        }
    }

    private void Count(string what) => _said[what] = _said.GetValueOrDefault(what) + 1;

    private static TimeSpan At(int look) => TimeSpan.FromSeconds(5L * look);

    /// <summary>Calm for most of the time, high for a while, and falling now and then.</summary>
    private static long FreeAt(int phase) => phase is > 700 and < 900 ? (phase % 7) << 20 : Usable / 2;

    /// <summary>A build with a nested operation that grows, one that stands still for long, and short ones; many at times.</summary>
    private static IEnumerable<TreeSample> TreesAt(int look)
    {
        int phase = look % Period, round = look / Period;
        LeaseId build = IdOf($"user/{(round * 7000) + 1}");
        yield return Tree(build, look) with { Held = TimeSpan.FromSeconds(5 * phase) };
        yield return Tree(IdOf($"{build.Value}/{(round * 7000) + 2}"), look) with { MayBeEnded = true, MemoryBytes = (50L + (phase % 500)) << 20 };
        yield return Tree(IdOf($"{build.Value}/{(round * 7000) + 3}"), 0) with { MayBeEnded = true, IsDead = phase > 990 };
        for (int i = 0; i < (phase is > 500 and < 520 ? 120 : phase % 4); i++)
        {
            yield return Tree(IdOf($"machine/{(look / 10 * 200) + i}"), look) with { MayBeEnded = true, MemoryBytes = (long)(i + 1) << 22 };
        }
    }

    private static TreeSample Tree(LeaseId id, int look) => new(id, $"work {id.Value}", 100, TimeSpan.Zero) { Processes = 1, CpuMilliseconds = 1000L * look };

    private static NamedSample Process(int pid) => new(new ProcessIdentity("boot", 1, pid, pid), "server", "server") { Pids = [pid], MemoryBytes = 40 << 20 };

    private static LeaseId IdOf(string name) => LeaseId.TryParse($"{name}-00000000", out LeaseId id) ? id : throw new ArgumentException(name);
}
