using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests;

/// <summary>Real processes that ask for different numbers of slots under one lock.</summary>
[TestClass]
public sealed class SlotTests
{
    [TestMethod]
    public void Nobody_comes_in_beside_one_who_wants_to_be_alone_and_nobody_overtakes_him()
    {
        using var state = new StateDirectory();
        using TakerProcess alone = Take(state, 1).AwaitTurn();
        using TakerProcess two = Wait(state, 2);
        using TakerProcess three = Wait(state, 3);
        using TakerProcess other = Wait(state, 3);
        using TakerProcess last = Wait(state, 1);
        using TakerProcess behind = Wait(state, 3);
        Assert.IsFalse(two.HasTurn || three.HasTurn || other.HasTurn, "somebody runs beside one who asked for one slot");

        // Two run: the one that asked for two bears no third, though the third would.
        alone.Release();
        two.AwaitTurn();
        three.AwaitTurn();
        other.AwaitAsleep();
        Assert.IsFalse(other.HasTurn);

        two.Release();
        other.AwaitTurn();
        behind.AwaitAsleep();
        Assert.IsFalse(last.HasTurn, "it asked to be alone");
        Assert.IsFalse(behind.HasTurn, "it overtook one who wants to be alone");

        three.Kill();
        last.AwaitAsleep();
        Assert.IsFalse(last.HasTurn || behind.HasTurn);
        other.Release();
        last.AwaitTurn();
        behind.AwaitAsleep();
        Assert.IsFalse(behind.HasTurn);
        last.Release();
        behind.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_stopped_waiter_is_not_overtaken_though_there_is_room()
    {
        using var state = new StateDirectory();
        using TakerProcess first = Take(state, 2).AwaitTurn();
        using TakerProcess second = Take(state, 2).AwaitTurn();
        using TakerProcess third = Wait(state, 2);
        using TakerProcess fourth = Wait(state, 2);
        third.Signal(Native.SIGSTOP);
        third.AwaitStopped();
        first.Release();
        second.Release();
        fourth.AwaitAsleep();
        Assert.IsFalse(fourth.HasTurn);
        third.Signal(Native.SIGCONT);
        third.AwaitTurn();
        fourth.AwaitTurn().Release();
        third.Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_killed_waiter_passes_its_turn_signal_on()
    {
        using var state = new StateDirectory();
        using TakerProcess first = Take(state, 2).AwaitTurn();
        using TakerProcess second = Take(state, 2).AwaitTurn();
        using TakerProcess third = Wait(state, 2);
        using TakerProcess fourth = Wait(state, 2);
        third.Kill();
        fourth.AwaitAsleep();
        Assert.IsFalse(fourth.HasTurn);
        second.Kill();
        fourth.AwaitTurn().Release();
        first.Release();
        Assert.IsEmpty(state.Leftovers());
    }

    private static TakerProcess Take(StateDirectory state, int slots) => TakerProcess.Start(state.Path, $"--slots {slots}");

    private static TakerProcess Wait(StateDirectory state, int slots)
    {
        TakerProcess taker = Take(state, slots).AwaitTicket();
        taker.AwaitAsleep();
        return taker;
    }
}
