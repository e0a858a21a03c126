using BuildGuard.Leases.Tests.Simulation;

namespace BuildGuard.Leases.Tests;

/// <summary>Leases inside leases.</summary>
[TestClass]
public sealed class NestingTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_build_in_a_build_works_five_deep(bool variable)
    {
        using var world = new World();
        var chain = new List<SimulatedProcess>();
        for (int depth = 0; depth < 6; depth++)
        {
            SimulatedProcess? parent = chain.LastOrDefault();
            chain.Add(world.Create(parent?.Pid ?? 0).Start(variable ? parent?.Lease.Value : null).AwaitTurn());
            Assert.AreEqual(parent?.Lease, chain[^1].Lease.Parent);
        }

        chain.Reverse();
        chain.ForEach(p => p.Release());
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    public void Genealogy_sees_through_processes_that_hold_no_lease()
    {
        using var world = new World();
        SimulatedProcess outer = world.Create().Start().AwaitTurn();
        SimulatedProcess between = world.Create(world.Create(outer.Pid).Pid);
        SimulatedProcess inner = world.Create(between.Pid).Start().AwaitTurn();
        Assert.AreEqual(outer.Lease, inner.Lease.Parent);
        inner.Release();
        outer.Release();
    }

    [TestMethod]
    public void Children_of_one_lease_queue_among_themselves()
    {
        using var world = new World();
        SimulatedProcess parent = world.Create().Start().AwaitTurn();
        SimulatedProcess[] children = [.. Enumerable.Range(0, 5).Select(_ => world.Create().Start(parent.Lease.Value))];
        SimulatedProcess stranger = world.Create().Start();
        foreach (SimulatedProcess child in children)
        {
            child.AwaitTurn();
            Assert.AreEqual(1, children.Count(c => c.HasTurn));
            Assert.IsFalse(stranger.HasTurn);
            child.Release();
        }

        parent.Release();
        stranger.AwaitTurn().Release();
        Assert.IsEmpty(world.State.Leftovers());
    }

    [TestMethod]
    public void A_stale_variable_falls_back_to_the_nearest_live_ancestor()
    {
        using var world = new World();
        SimulatedProcess outer = world.Create().Start().AwaitTurn();
        SimulatedProcess middle = world.Create().Start(outer.Lease.Value).AwaitTurn();
        SimulatedProcess inner = world.Create().Start(middle.Lease.Value).AwaitTurn();
        string stale = inner.Lease.Value;
        inner.Release();
        middle.Release();
        SimulatedProcess late = world.Create().Start(stale).AwaitTurn();
        Assert.AreEqual(outer.Lease, late.Lease.Parent);
        late.Release();
        outer.Release();
        SimulatedProcess later = world.Create().Start(stale).AwaitTurn();
        Assert.IsNull(later.Lease.Parent);
        later.Release();
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("user")]
    [DataRow("user/")]
    [DataRow("user/../../etc/1-00000000")]
    [DataRow("user/1-00000000/../x")]
    [DataRow("user/999999999999999999999-00000000")]
    [DataRow("USER/1-00000000")]
    [DataRow("user/1-00000000\n")]
    public void A_garbled_variable_is_no_lease(string variable)
    {
        using var world = new World();
        SimulatedProcess process = world.Create().Start(variable).AwaitTurn();
        Assert.IsNull(process.Lease.Parent);
        process.Release();
    }

    [TestMethod]
    public void A_ticket_with_one_slot_waits_for_all_who_were_granted_with_more()
    {
        using var world = new World();
        SimulatedProcess first = world.Create().Start(slots: 2).AwaitTurn();
        SimulatedProcess second = world.Create().Start(slots: 2).AwaitTurn();
        SimulatedProcess alone = world.Create().Start(slots: 1);
        second.Release();
        Condition.Await(() => !Directory.EnumerateFiles(world.State.Queue, "2-*").Any(), () => "the second to go");
        SimulatedProcess after = world.Create().Start(slots: 1);
        Assert.IsFalse(alone.HasTurn, "it runs beside the first");
        first.Release();
        alone.AwaitTurn().Release();
        after.AwaitTurn().Release();
    }
}
