using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Tests;

/// <summary>Wall clocks that disagree or are set: whoever goes by one can neither overtake nor be forgotten.</summary>
[TestClass]
public sealed partial class ClockTests
{
    private readonly long _start = Stopwatch.GetTimestamp();

    [TestInitialize]
    public void RequireFakeTime()
    {
        if (FakeClock.Library is null)
        {
            Assert.Inconclusive("libfaketime is not installed (Debian: apt-get install faketime)");
        }
    }

    [TestMethod]
    public void Those_whose_clocks_disagree_go_one_by_one_in_the_order_they_came()
    {
        using var sandbox = new Sandbox();
        FakeClock right = new(sandbox), back = new FakeClock(sandbox).Set(-1), ahead = new FakeClock(sandbox).Set(1);
        using var turns = new Turns(sandbox);
        turns.Start("holder", right);
        (FakeClock Clock, int Days)[] clocks = [(back, -1), (ahead, 1), (right, 0), (back, -1), (ahead, 1)];
        foreach ((FakeClock clock, int days) in clocks)
        {
            AssertOff(days, turns.Start($"off by {days} days", clock).GetProperty("enqueuedAt"));
        }

        foreach (FakeClock viewer in (FakeClock[])[right, back, ahead])
        {
            AssertAges(sandbox, viewer);
        }

        turns.TakeAll();
        AssertAges(turns.Said);
        JsonElement[] trail = Log(sandbox, right);
        Assert.HasCount(2 + (3 * clocks.Length), trail);
        AssertTimesMeasured(trail);
        CollectionAssert.AreEqual(turns.Names, LabelsOf(trail, "acquired"));
        CollectionAssert.AreEqual(turns.Names, LabelsOf(trail, "released"));

        // Each entry by its own time: what was written by a clock that went behind looks old, what by one that went ahead, new.
        CollectionAssert.AreEqual(
            (string[])["holder", "off by 1 days", "off by 0 days", "off by 1 days"], LabelsOf(Log(sandbox, right, "--since", "1h"), "acquired"));
        CollectionAssert.AreEqual(turns.Names, LabelsOf(Log(sandbox, back, "--since", "1h"), "acquired"));
        CollectionAssert.AreEqual((string[])["off by 1 days", "off by 1 days"], LabelsOf(Log(sandbox, ahead, "--since", "1h"), "acquired"));
    }

    /// <summary>One clock for all, as a machine has it: set back and ahead under a holder, a waiter and who looks at them.</summary>
    [TestMethod]
    public void A_clock_that_is_set_while_they_wait_changes_nothing()
    {
        using var sandbox = new Sandbox();
        var clock = new FakeClock(sandbox);
        using var turns = new Turns(sandbox);
        turns.Start("holder", clock);
        AssertOff(0, turns.Start("before", clock).GetProperty("enqueuedAt"));
        foreach (int days in (int[])[-1, 2, 0, 1])
        {
            clock.Set(days);
            AssertOff(days, turns.Start($"off by {days} days", clock).GetProperty("enqueuedAt"));
            AssertAges(sandbox, clock);
        }

        turns.TakeAll();
        AssertAges(turns.Said);
        JsonElement[] trail = Log(sandbox, clock);
        AssertTimesMeasured(trail);
        CollectionAssert.AreEqual(turns.Names, LabelsOf(trail, "released"));
        JsonElement holder = trail.Single(r => LabelOf(r) == "holder" && EventOf(r) == "released");
        AssertOff(1, holder.GetProperty("time"));
        Assert.AreEqual("exited", holder.GetProperty("outcome").GetString(), "a limit of time counted the days");
    }

    [TestMethod]
    public void The_trail_is_moved_aside_by_its_size_and_read_in_its_order()
    {
        using var sandbox = new Sandbox();
        FakeClock back = new FakeClock(sandbox).Set(-1), ahead = new FakeClock(sandbox).Set(1);
        Run("first", ahead);
        string[] lines = File.ReadAllLines(sandbox.AuditFile);
        AssertOff(1, JsonDocument.Parse(lines[0]).RootElement.GetProperty("time"));
        int copies = (int)(Audit.AuditTrail.MaxBytes / lines[1].Length) + 1;
        File.AppendAllLines(sandbox.AuditFile, Enumerable.Repeat(lines[1], copies));
        Run("second", back);
        Run("third", ahead);
        Assert.IsTrue(File.Exists(sandbox.AuditFile + ".1"));
        Assert.IsFalse(File.Exists(sandbox.AuditFile + ".2"));
        Assert.IsLessThan(Audit.AuditTrail.MaxBytes, new FileInfo(sandbox.AuditFile).Length);
        JsonElement[] trail = Log(sandbox, new FakeClock(sandbox));
        CollectionAssert.AreEqual(
            (string[])["first", .. Enumerable.Repeat("first", copies + 1), "second", "second", "third", "third"], trail.Select(LabelOf).ToArray());
        Assert.HasCount(copies + 4, Log(sandbox, new FakeClock(sandbox), "--since", "1h"));

        void Run(string label, FakeClock clock) =>
            Assert.AreEqual(0, sandbox.Run(clock.Variables, "run", "--label", label, "--preflight", "off", "--", "true").ExitCode);
    }

    /// <summary>Without this a test would show nothing: the runtime may come to its clock by another way.</summary>
    private static void AssertOff(int days, JsonElement time)
    {
        TimeSpan off = time.GetDateTimeOffset() - DateTimeOffset.UtcNow;
        Assert.AreEqual(days, (int)Math.Round(off.TotalDays), $"the fake clock does not reach the program: it wrote {time}");
    }

    /// <summary>Nobody can have waited or run for longer than this test.</summary>
    private void AssertAges(Sandbox sandbox, FakeClock viewer)
    {
        foreach (string verb in (string[])["status", "queue"])
        {
            AssertAges(sandbox.Run(viewer.Variables, verb).Output);
        }
    }

    private void AssertAges(string text)
    {
        MatchCollection ages = Age().Matches(text);
        Assert.IsNotEmpty(ages, text);
        foreach (Match match in ages)
        {
            Assert.IsTrue(Duration.TryParse(match.Groups[1].Value, out TimeSpan age), text);
            Assert.IsLessThan(Stopwatch.GetElapsedTime(_start), age, text);
        }
    }

    private void AssertTimesMeasured(JsonElement[] trail)
    {
        double most = Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
        long[] times = [.. trail.SelectMany(r => r.EnumerateObject()).Where(m => m.Name is "waitedMs" or "durationMs").Select(m => m.Value.GetInt64())];
        Assert.IsNotEmpty(times);
        Assert.IsTrue(times.All(t => t >= 0 && t < most), string.Join(' ', times));
    }

    private static JsonElement[] Log(Sandbox sandbox, FakeClock viewer, params string[] options)
    {
        Result result = sandbox.Run(viewer.Variables, ["log", "--json", .. options]);
        Assert.AreEqual(0, result.ExitCode);
        Assert.AreEqual("", result.Error);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string LabelOf(JsonElement record) => record.GetProperty("label").GetString()!;

    private static string EventOf(JsonElement record) => record.GetProperty("event").GetString()!;

    private static string[] LabelsOf(JsonElement[] trail, string name) => [.. trail.Where(r => EventOf(r) == name).Select(LabelOf)];

    [GeneratedRegex(@"(?:since|for) +(-?\d\S*?)[,.]?(?=\s)")]
    private static partial Regex Age();

    /// <summary>A holder and those who wait behind it, who see by a directory that nobody runs beside them.</summary>
    private sealed class Turns(Sandbox sandbox) : IDisposable
    {
        private readonly List<Helper> _helpers = [];

        public List<string> Names { get; } = [];

        /// <summary>What those who have ended were told.</summary>
        public string Said { get; private set; } = "";

        private string Order => Path.Combine(sandbox.Work, "order");

        /// <summary>Starts the next one; the first holds the turn, each other one has its place when this returns.</summary>
        /// <returns>What the queue says of it; of the holder, its lease.</returns>
        public JsonElement Start(string name, FakeClock clock)
        {
            string script = $"mkdir alone && echo '{name}' >> order && cat && rmdir alone";
            Helper helper = sandbox.Start(
                clock.Variables, "run", "--label", name, "--timeout", "1h", "--preflight", "off", "--", "sh", "-c", script);
            _helpers.Add(helper);
            Names.Add(name);
            if (_helpers.Count == 1)
            {
                AwaitTurn(0);
                return Status().GetProperty("leases")[0];
            }

            helper.AwaitError("BG1001");
            JsonElement place = Status().GetProperty("queue")[_helpers.Count - 2];
            Assert.AreEqual(helper.Pid, place.GetProperty("pid").GetInt32());
            return place;
        }

        /// <summary>Lets each one end after it was seen to run alone, with the others behind it.</summary>
        public void TakeAll()
        {
            for (int i = 0; i < _helpers.Count; i++)
            {
                AwaitTurn(i);
                JsonElement status = Status();
                Assert.AreEqual(_helpers[i].Pid, status.GetProperty("leases").EnumerateArray().Single().GetProperty("pid").GetInt32());
                CollectionAssert.AreEqual(
                    _helpers.Skip(i + 1).Select(h => h.Pid).ToArray(),
                    status.GetProperty("queue").EnumerateArray().Select(q => q.GetProperty("pid").GetInt32()).ToArray());
                _helpers[i].CloseInput();
                Result result = _helpers[i].WaitForEnd();
                Assert.AreEqual(0, result.ExitCode, result.Error);
                Said += result.Error;
            }
        }

        public void Dispose() => _helpers.ForEach(h => h.Dispose());

        /// <summary>Each one that ran has written its name; nobody else has.</summary>
        private void AwaitTurn(int index)
        {
            string[] expected = [.. Names.Take(index + 1)];
            Helper.Await(() => File.Exists(Order) ? File.ReadAllLines(Order) : [], lines => lines.Length > index);
            CollectionAssert.AreEqual(expected, File.ReadAllLines(Order));
        }

        private JsonElement Status() => sandbox.Run("status", "--json").Json;
    }
}
