using BuildGuard.Leases.Tests.Simulation;

namespace BuildGuard.Leases.Tests;

/// <summary>Who ends what dead holders left without taking part in the queue.</summary>
[TestClass]
public sealed class ReaperTests
{
    [TestMethod]
    public void The_lease_of_a_dead_holder_and_what_is_inside_it_are_ended_though_nobody_waits()
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        SimulatedProcess child = world.Create().Start(variable: holder.Lease.Value).AwaitTurn();
        LeaseId[] leases = [child.Lease, holder.Lease];
        child.Kill();
        holder.Kill();

        SimulatedProcess reaper = world.Create().Reap();
        reaper.Join();

        Assert.IsNull(reaper.Failure);
        CollectionAssert.AreEquivalent(leases, world.Ended.ToArray());
        Assert.IsEmpty(world.State.Leftovers(), string.Join(", ", world.State.Leftovers()));
        Assert.AreEqual(0, reaper.OpenFiles);
        world.Create().Start().AwaitTurn().Release();
    }

    [TestMethod]
    public void A_dead_lease_inside_a_live_one_is_ended_and_the_live_one_is_not()
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        SimulatedProcess child = world.Create().Start(variable: holder.Lease.Value).AwaitTurn();
        SimulatedProcess waiter = world.Create().Start();
        LeaseId inner = child.Lease;
        child.Kill();

        world.Create().Reap().Join();

        CollectionAssert.AreEqual(new[] { inner }, world.Ended.ToArray());
        Assert.IsFalse(waiter.HasTurn);
        world.Create().Start(variable: holder.Lease.Value).AwaitTurn().Release();
        holder.Release();
        waiter.AwaitTurn().Release();
        Assert.IsEmpty(world.State.Leftovers(), string.Join(", ", world.State.Leftovers()));
    }

    [TestMethod]
    public void Nothing_is_done_to_those_who_live()
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        SimulatedProcess waiter = world.Create().Start();

        world.Create().Reap().Join();

        Assert.IsEmpty(world.Ended);
        Assert.IsTrue(holder.HasTurn);
        Assert.IsFalse(waiter.HasTurn);
        holder.Release();
        waiter.AwaitTurn().Release();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Whoever_waits_is_let_in_by_the_one_who_reaps_or_does_it_himself(int slots)
    {
        for (int round = 0; round < 100; round++)
        {
            using var world = new World();
            SimulatedProcess holder = world.Create().Start(slots: slots).AwaitTurn();
            LeaseId lease = holder.Lease;
            SimulatedProcess alone = world.Create().Start();
            SimulatedProcess next = world.Create().Start(slots: slots);
            SimulatedProcess[] reapers = [world.Create(), world.Create()];
            var kill = new Thread(holder.Kill);
            kill.Start();
            foreach (SimulatedProcess reaper in reapers)
            {
                reaper.Reap();
            }

            kill.Join();
            alone.AwaitTurn();
            Assert.Contains(lease, world.Ended);
            Assert.IsFalse(next.HasTurn);
            alone.Release();
            next.AwaitTurn().Release();
            foreach (SimulatedProcess reaper in reapers)
            {
                reaper.Join();
                Assert.IsNull(reaper.Failure, $"{reaper.Failure}");
            }

            Assert.IsEmpty(world.State.Leftovers(), string.Join(", ", world.State.Leftovers()));
        }
    }

    [TestMethod]
    public void Whoever_dies_while_it_reaps_leaves_the_rest_to_the_next()
    {
        for (int step = 1; ; step++)
        {
            using var world = new World();
            SimulatedProcess holder = world.Create().Start().AwaitTurn();
            SimulatedProcess child = world.Create().Start(variable: holder.Lease.Value).AwaitTurn();
            SimulatedProcess waiter = step % 2 == 0 ? world.Create().Start() : world.Create();
            LeaseId[] leases = [child.Lease, holder.Lease];
            child.Kill();
            SimulatedProcess dying = world.Create(dieAt: step);
            holder.Kill();
            dying.Reap().Join();
            Assert.IsNull(dying.Failure, $"step {step}: {dying.Failure}");
            if (step % 2 == 0)
            {
                waiter.AwaitTurn().Release();
            }
            else
            {
                world.Create().Reap().Join();
            }

            foreach (LeaseId lease in leases)
            {
                Assert.Contains(lease, world.Ended, $"death at step {step}, before {dying.DiedBefore}");
            }

            Assert.IsEmpty(world.State.Leftovers(), $"left after death at step {step}, before {dying.DiedBefore}: {string.Join(", ", world.State.Leftovers())}");

            // One that waits wakes as well, and may have ended all before the reaper looks, which then has little to do.
            if (!dying.IsDead && step % 2 != 0)
            {
                Assert.IsGreaterThan(10, step, "it took suspiciously few steps");
                Assert.AreEqual(0, dying.OpenFiles);
                return;
            }
        }
    }
}
