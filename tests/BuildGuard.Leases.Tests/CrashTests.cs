using BuildGuard.Leases.Tests.Simulation;

namespace BuildGuard.Leases.Tests;

/// <summary>A process is killed before each single step that it takes on its files, from the first to the last.</summary>
[TestClass]
public sealed class CrashTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Whoever_dies_at_any_step_holds_up_nobody_and_leaves_nothing(int slots) =>
        DieAtEveryStep((world, dieAt) =>
        {
            SimulatedProcess dying = world.Create(dieAt: dieAt).Start(slots: slots);
            if (!dying.IsDead && dying.Failure is null)
            {
                Condition.Await(() => dying.HasTurn || dying.IsDead, () => "the turn of the first");
                dying.Release();
            }

            return dying;
        }, slots);

    [TestMethod]
    public void Whoever_dies_while_it_waits_or_right_after_holds_up_nobody() =>
        DieAtEveryStep((world, dieAt) =>
        {
            SimulatedProcess holder = world.Create().Start().AwaitTurn();
            SimulatedProcess dying = world.Create(dieAt: dieAt).Start();
            SimulatedProcess third = world.Create().Start();
            holder.Release();
            Condition.Await(() => dying.HasTurn || dying.IsDead, () => "the turn of the second");
            if (dying.HasTurn)
            {
                Assert.IsFalse(third.HasTurn);
                dying.Release();
            }

            third.AwaitTurn().Release();
            return dying;
        });

    [TestMethod]
    public void Whoever_dies_while_it_ends_a_dead_lease_leaves_that_to_the_next() =>
        DieAtEveryStep((world, dieAt) =>
        {
            SimulatedProcess holder = world.Create().Start().AwaitTurn();
            SimulatedProcess child = world.Create().Start(variable: holder.Lease.Value).AwaitTurn();
            LeaseId outer = holder.Lease, inner = child.Lease;
            child.Kill();
            holder.Kill();
            SimulatedProcess dying = world.Create(dieAt: dieAt).Start();
            if (!dying.IsDead)
            {
                Condition.Await(() => dying.HasTurn || dying.IsDead, () => "the turn of the second");
                dying.Release();
            }

            SimulatedProcess third = world.Create().Start().AwaitTurn();
            Assert.Contains(outer, world.Ended, "the dead lease was not ended before the next one started");
            Assert.Contains(inner, world.Ended, "the lease inside the dead lease was not ended");
            third.Release();
            return dying;
        });

    [TestMethod]
    public void A_child_that_dies_at_any_step_while_its_parent_ends_leaves_nothing() =>
        DieAtEveryStep((world, dieAt) =>
        {
            SimulatedProcess parent = world.Create().Start().AwaitTurn();
            SimulatedProcess dying = world.Create(dieAt: dieAt);
            var child = new Thread(() => dying.Start(variable: parent.Lease.Value));
            child.Start();
            parent.Release();
            child.Join();
            if (!dying.IsDead)
            {
                Condition.Await(() => dying.HasTurn || dying.IsDead, () => "the turn of the child");
                dying.Release();
            }

            return dying;
        });

    private static void DieAtEveryStep(Func<World, int, SimulatedProcess> scenario, int slots = 1)
    {
        for (int step = 1; ; step++)
        {
            using var world = new World();
            SimulatedProcess dying = scenario(world, step);
            Assert.IsNull(dying.Failure, $"step {step}: {dying.Failure}");
            SimulatedProcess last = world.Create().Start(slots: slots).AwaitTurn();
            last.Release();
            Assert.IsNull(last.Failure, $"{last.Failure}");
            Assert.IsEmpty(world.State.Leftovers(), $"left after death at step {step}, before: {dying.DiedBefore}: {string.Join(", ", world.State.Leftovers())}");
            Assert.IsEmpty(world.Places, $"a place left after death at step {step}, before: {dying.DiedBefore}");
            if (!dying.IsDead)
            {
                Assert.IsGreaterThan(10, step, "the process took suspiciously few steps");
                Assert.AreEqual(0, dying.OpenFiles, "files left open after the release");
                return;
            }
        }
    }
}
