using System.Diagnostics;
using BuildGuard.Leases.Taker;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Leases.Tests;

/// <summary>A long queue: threads that sleep in the kernel as processes would, each with files of its own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ThousandWaitersTests
{
    private const int Count = 1000;

    [TestMethod]
    public void A_thousand_wait_without_work_come_in_their_order_and_pay_the_same_as_ten()
    {
        using var state = new StateDirectory();
        var steps = new StepCounter();
        var order = new List<ulong>();
        var entering = new List<int>();
        var handingOff = new List<int>();
        (LeaseTree tree, Ticket holder) = Enter(state, steps);
        tree.Wait(holder);
        Assert.IsTrue(holder.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")));
        var threads = new List<Thread>();
        for (int i = 0; i < Count; i++)
        {
            (LeaseTree own, Ticket ticket) = Enter(state, steps, entered: entering);
            threads.Add(new Thread(() => Take(own, ticket, () => { order.Add(ticket.Lease.Ticket.Number); handingOff.Add(steps.Count); }), 256 * 1024));
            threads[^1].Start();
        }

        Condition.Await(() => Asleep() >= Count, () => $"all to sleep, {Asleep()} do");
        using Process self = Process.GetCurrentProcess();
        TimeSpan cpu = self.TotalProcessorTime;
        int still = steps.Count;
        Thread.Sleep(1000);
        self.Refresh();
        Assert.AreEqual(still, steps.Count, "somebody did something while waiting");
        Assert.IsLessThan(200, (self.TotalProcessorTime - cpu).TotalMilliseconds, "waiting costs CPU");

        tree.Release(holder);
        threads.ForEach(t => Assert.IsTrue(t.Join(TimeSpan.FromSeconds(60)), "somebody was lost"));
        Assert.HasCount(Count, order);
        CollectionAssert.AreEqual(order.Order().ToList(), order, "out of order");
        Assert.IsEmpty(state.Leftovers());

        // Steps on files, which do not depend on how fast the machine is.
        Assert.AreEqual(entering[10], entering[^1], "to enter costs more in a long queue");
        Assert.IsLessThan(60, entering.Max());
        int[] each = [.. handingOff.Zip(handingOff.Skip(1), (a, b) => b - a)];
        Assert.IsLessThan(60, each.Average());
        Assert.IsLessThan((each.Take(100).Average() * 1.5) + 1, each.TakeLast(100).Average(), "a hand-off costs more at one end of the queue");
    }

    [TestMethod]
    public void The_place_in_a_long_queue_is_told_without_reading_it()
    {
        using var world = new World();
        SimulatedProcess holder = world.Create().Start().AwaitTurn();
        List<SimulatedProcess> waiters = [.. Enumerable.Range(0, 30).Select(_ => world.Create().Start())];
        int near = StepsOf(world, waiters[1], 2, holder), far = StepsOf(world, waiters[^1], 30, holder);
        Assert.AreEqual(near, far);
    }

    private static int StepsOf(World world, SimulatedProcess process, int position, SimulatedProcess holder)
    {
        var steps = new StepCounter();
        QueueStanding ahead = new TreeReader(new SteppedFiles(new UnixStateFiles(), steps), world.State.Layout, process).Ahead(process.Lease);
        Assert.AreEqual(position, ahead.Position);
        Assert.AreEqual(holder.Lease, ahead.Holder?.Id);
        return steps.Count;
    }

    private static (LeaseTree Tree, Ticket Ticket) Enter(StateDirectory state, StepCounter steps, List<int>? entered = null)
    {
        using var world = new World();
        SimulatedProcess process = world.Create();
        var own = new StepCounter(steps);
        var tree = new LeaseTree(new SteppedFiles(new UnixStateFiles(), own), process, process, state.Layout);
        Ticket ticket = tree.Enter(LockName.User, null, new LeaseRecord
        {
            Kind = LeaseKind.Operation,
            Holder = process.Self,
            Label = "one of many",
            User = process.UserName,
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        }, 1);
        entered?.Add(own.Count);
        return (tree, ticket);
    }

    private static void Take(LeaseTree tree, Ticket ticket, Action turn)
    {
        if (tree.Wait(ticket) == Turn.Come && ticket.Grant(new GrantRecord(DateTimeOffset.UnixEpoch, "")))
        {
            turn();
            tree.Release(ticket);
        }
    }

    private static int Asleep() =>
        File.ReadAllLines("/proc/locks").Count(l => l.Contains("->", StringComparison.Ordinal) && l.Contains($" {Environment.ProcessId} ", StringComparison.Ordinal));

    private sealed class StepCounter(StepCounter? all = null) : ISteps
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool MayBlock => true;

        public T Do<T>(string step, string path, Func<T> action)
        {
            Interlocked.Increment(ref _count);
            if (all is not null)
            {
                Interlocked.Increment(ref all._count);
            }

            return action();
        }

        public void Opened(LockFile file)
        {
        }

        public void Close(LockFile file) => file.Dispose();
    }
}
