using System.Text.Json;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>The memory of real operations over time, as the audit trail keeps it.</summary>
[TestClass]
public sealed class MemorySeriesTests
{
    private const int Steps = 4;
    private const long Step = 50_000_000;

    /// <summary>Takes a step more in a process of its own at each line that it reads.</summary>
    private static readonly string Climb =
        $"while read y; do {{ head -c {Step} /dev/zero; exec sleep 1000; }} | tail -c {Step} & done";

    [TestMethod]
    public void An_operation_that_takes_more_and_more_is_kept_as_rising()
    {
        using var sandbox = new Sandbox();
        using Helper operation = sandbox.Start([], "run", "--label", "climber", "--preflight", "off", "--", "sh", "-c", Climb);
        Helper.Await(() => MemoryOf(sandbox), memory => memory > 0);
        Looks.Await(operation.Pid);
        for (int step = 1; step <= Steps; step++)
        {
            operation.WriteLine("more");
            Helper.Await(() => MemoryOf(sandbox), memory => memory >= step * Step);
            Looks.Await(operation.Pid);
        }

        operation.CloseInput();
        Assert.AreEqual(0, operation.WaitForEnd().ExitCode);

        JsonElement released = Released(sandbox);
        long[] points = [.. released.GetProperty("memory").GetProperty("bytes").EnumerateArray().Select(bytes => bytes.GetInt64())];
        string all = string.Join(' ', points);
        Assert.IsLessThanOrEqualTo(released.GetProperty("peakMemoryBytes").GetInt64(), points.Max(), all);
        int[] reached = [.. Enumerable.Range(0, Steps + 1).Select(step => Array.FindIndex(points, bytes => bytes >= step * Step))];
        CollectionAssert.AreEqual(reached.Distinct().Order().ToArray(), reached, $"each step later than the one before: {all}");
        Assert.IsLessThanOrEqualTo(
            points.Length * released.GetProperty("memory").GetProperty("everyMs").GetInt64(), released.GetProperty("durationMs").GetInt64(), "it reaches to the end");
        StringAssert.Contains(sandbox.Run("report", "--output", "-").Output, "<path class=ok ");
    }

    [TestMethod]
    public void A_short_one_has_its_peak_alone()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Assert.IsFalse(Released(sandbox).TryGetProperty("memory", out _));
    }

    [TestMethod]
    public void What_runs_inside_another_is_in_both_and_the_report_counts_it_once()
    {
        using var sandbox = new Sandbox();
        string inner = $"{string.Join(' ', Helper.Program)} run --label inner --preflight off -- sh -c 'x=$(head -c {Step} /dev/zero | tr \"\\0\" x); echo ready; read y; echo ${{#x}}'";
        using Helper outer = sandbox.Start([], "run", "--label", "outer", "--preflight", "off", "--", "sh", "-c", inner);
        Assert.AreEqual("ready", outer.ReadLine());
        Looks.Await(outer.Pid);
        Looks.Await(Pid(sandbox, "inner"));
        outer.WriteLine("done");
        Assert.AreEqual(0, outer.WaitForEnd().ExitCode);
        long[] most = [.. Lines(sandbox, "released").Select(e => e.GetProperty("memory").GetProperty("bytes").EnumerateArray().Max(b => b.GetInt64()))];
        Assert.HasCount(2, most);
        Assert.IsTrue(most.All(bytes => bytes >= Step), string.Join(' ', most));
        long together = sandbox.Run("report", "--json").Json.GetProperty("memoryOverTime").EnumerateArray().Max(part => part.GetProperty("bytes").GetInt64());
        Assert.AreEqual(most[1], together, "the outer one, which is released last");
    }

    private static long MemoryOf(Sandbox sandbox) => sandbox.Run("status", "--json").Json.GetProperty("leases").EnumerateArray()
        .Select(lease => lease.GetProperty("memoryBytes").GetInt64()).SingleOrDefault();

    private static int Pid(Sandbox sandbox, string label) => sandbox.Run("status", "--json").Json.GetProperty("leases").EnumerateArray()
        .Single(lease => lease.GetProperty("label").GetString() == label).GetProperty("pid").GetInt32();

    private static JsonElement Released(Sandbox sandbox) => Lines(sandbox, "released").Single();

    private static JsonElement[] Lines(Sandbox sandbox, string name) =>
    [
        .. File.ReadLines(sandbox.AuditFile).Select(line => JsonDocument.Parse(line).RootElement).Where(e => e.GetProperty("event").GetString() == name),
    ];
}
