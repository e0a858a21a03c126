namespace BuildGuard.Leases.Tests;

/// <summary>The stress program's witness, which must be able to accuse.</summary>
[TestClass]
public sealed class WitnessTests
{
    [TestMethod]
    public void The_witness_sees_two_who_hold_at_once()
    {
        using var state = new StateDirectory();
        string options = $"--witness {state.Path}/witness --log {state.Path}/log --lock";
        using TakerProcess first = TakerProcess.Start(state.Path, $"{options} one").AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path, $"{options} other").AwaitTurn();
        Assert.Contains(l => l.StartsWith($"VIOLATION {second.Pid} {second.Lease} beside {first.Pid}@", StringComparison.Ordinal), File.ReadAllLines(state.Path + "/log"));
        first.Release();
        second.Release();
    }
}
