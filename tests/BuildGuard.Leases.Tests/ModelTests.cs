using BuildGuard.Leases.Tests.Simulation;
using CsCheck;

namespace BuildGuard.Leases.Tests;

/// <summary>Random lives of many processes against the simplest thing that could be right: a list for each queue.</summary>
[TestClass]
public sealed class ModelTests
{
    private enum Act
    {
        Enter,
        EnterInside,
        Kill,
        Release,
        Leave,
        Reap,
    }

    [TestMethod]
    [DataRow(1, 150)]
    [DataRow(2, 100)]
    [DataRow(3, 60)]
    public void Every_queue_is_first_come_first_served_for_as_many_as_there_are_slots(int slots, int runs) =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 1000]).Array[5, 40].Sample(acts => Run(_ => slots, acts), iter: runs, threads: 1);

    /// <summary>
    /// First come, first served, and never more at once than the one that bears least of those who run; nobody overtakes
    /// one who wants to be alone.
    /// </summary>
    [TestMethod]
    public void Tickets_that_ask_for_different_slots_keep_their_order_and_never_crowd_one_another() =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 1000]).Array[5, 40].Sample(acts => Run(which => 1 + (which / 2 % 4), acts), iter: 150, threads: 1);

    private static void Run(Func<int, int> slotsOf, (Act Act, int Which)[] acts)
    {
        using var world = new World();
        var model = new QueueModel();
        foreach ((Act act, int which) in acts)
        {
            Do(world, model, act, which, slotsOf(which));
            Settle(world, model);
        }

        while (model.Holders().LastOrDefault() is { } holder)
        {
            model.Remove(holder);
            holder.Release();
            Settle(world, model);
        }

        // One that ends a dead lease at the same moment may be the last to leave the queue.
        foreach (SimulatedProcess process in world.Processes.Values.Where(p => p.IsReaper))
        {
            process.Join();
        }

        SimulatedProcess last = world.Create().Start().AwaitTurn();
        last.Release();
        Assert.IsEmpty(world.State.Leftovers(), string.Join(", ", world.State.Leftovers()));
        Condition.Await(
            () => world.Processes.Values.All(p => p.OpenFiles == 0),
            () => "files still open in " + string.Join(", ", world.Processes.Values.Where(p => p.OpenFiles > 0).Select(p => p.Pid)));
    }

    private static void Do(World world, QueueModel model, Act act, int which, int slots)
    {
        switch (act)
        {
            case Act.Enter:
                model.Enter(world.Create().Start(slots: slots), null, slots);
                break;
            case Act.EnterInside when Pick(model.Holders(), which) is { } parent && parent.Lease.Value.Count(c => c == '/') < 4:
                model.Enter(world.Create(parent.Pid).Start(which % 2 == 0 ? parent.Lease.Value : null, slots), parent, slots);
                break;
            case Act.Kill when Pick(model.All(), which) is { } victim:
                // The kernel or the containment ends the whole tree, in whatever order.
                foreach (SimulatedProcess process in which % 3 == 0 ? model.Remove(victim) : model.Remove(victim).Reverse())
                {
                    process.Kill();
                }

                break;
            case Act.Release when Pick(model.Holders().Where(model.IsChildless), which) is { } holder:
                model.Remove(holder);
                holder.Release();
                break;
            case Act.Reap:
                SimulatedProcess reaper = world.Create().Reap();
                if (which % 2 == 0)
                {
                    reaper.Join();
                }

                break;
            case Act.Leave when Pick(model.Waiters(), which) is { } waiter:
                model.Remove(waiter);
                waiter.Leave();
                break;
            default:
                break;
        }
    }

    private static SimulatedProcess? Pick(IEnumerable<SimulatedProcess> processes, int which)
    {
        SimulatedProcess[] all = [.. processes];
        return all.Length == 0 ? null : all[which % all.Length];
    }

    /// <summary>Waits until everybody whose turn it must be has it; nobody else may have it, now or on the way.</summary>
    private static void Settle(World world, QueueModel model)
    {
        HashSet<SimulatedProcess> holders = [.. model.Holders()];
        foreach (SimulatedProcess holder in holders)
        {
            holder.AwaitTurn();
        }

        Assert.IsFalse(model.IsCrowded(), "more run than one of them bears");
        foreach (SimulatedProcess process in world.Processes.Values)
        {
            Assert.IsNull(process.Failure, $"{process.Failure}");
            Assert.IsFalse(process.HasTurn && !holders.Contains(process), $"{process.Pid} has the turn before its time");
        }

        Assert.AreEqual(0, world.Processes.Values.Sum(p => p.Displaced), "somebody lost a place");
    }
}
