using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>Who ends what a killed holder left may itself be of that: a nested run that waited for its turn there.</summary>
[TestClass]
public sealed class DeadGroupTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void A_nested_waiter_ends_all_but_itself_and_runs(string containment)
    {
        using var sandbox = new Sandbox();
        string left = $"1000.{Random.Shared.Next(100_000_000, 999_999_999)}";
        string run = $"{string.Join(' ', Helper.Program)} run --preflight off";

        // The second starts when the input is closed: then the first has the turn.
        using Helper outer = sandbox.Start(
            containment.Length > 0 ? [("BUILDGUARD_CONTAINMENT", containment)] : [],
            "run", "--preflight", "off", "--label", "outer", "--", "sh", "-c",
            $"setsid sleep {left} & {run} --label first -- sh -c 'echo ready; sleep {left}; :' & cat; {run} --label second -- touch ran");
        Assert.AreEqual("ready", outer.ReadLine());
        outer.CloseInput();
        JsonElement tree = Helper.Await(() => sandbox.Run("status", "--json").Json, json => json.GetProperty("queue").GetArrayLength() == 1);
        JsonElement[] leases = [.. tree.GetProperty("leases").EnumerateArray()];
        Assert.HasCount(2, leases, "the outer one, and the first inside it");
        int first = leases[1].GetProperty("pid").GetInt32();
        outer.Kill();
        Helper.Signal(first, "KILL");

        JsonElement released = Helper.Await(() => Events(sandbox, "released"), records => records.Length > 0)[0];
        Assert.AreEqual("second", released.GetProperty("label").GetString());
        Assert.AreEqual(0, released.GetProperty("exitCode").GetInt32());
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.Work, "ran")));
        Assert.AreSequenceEqual(leases.Select(IdOf).Order(), Events(sandbox, "killed").Select(record => record.GetProperty("lease").GetString()).Order());
        Assert.AreEqual(2, Events(sandbox, "orphan").SelectMany(record => record.GetProperty("processes").EnumerateArray()).Count(process => process.GetProperty("name").GetString() == "sleep"));
        Assert.DoesNotContain("BG4003", File.ReadAllText(sandbox.AuditFile));
        Assert.IsEmpty(sandbox.Run("status", "--json").Json.GetProperty("leases").EnumerateArray());
    }

    private static string? IdOf(JsonElement lease) => lease.GetProperty("id").GetString();

    private static JsonElement[] Events(Sandbox sandbox, string name) => [.. File.ReadAllLines(sandbox.AuditFile)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(record => record.GetProperty("event").GetString() == name)];
}
