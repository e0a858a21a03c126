using BuildGuard.Containment;
using BuildGuard.Operations;
using BuildGuard.Processes;

namespace BuildGuard.Core.Tests;

/// <summary>Who is named when a limit is reached.</summary>
[TestClass]
public sealed class WitnessesTests
{
    private const long MB = 1 << 20;

    private readonly Witnesses _witnesses = new(new Limits { MemoryBytes = 100 * MB, Processes = 4 });

    [TestMethod]
    public void The_one_that_the_kernel_killed_is_named_and_said_to_have_ended()
    {
        _witnesses.Note(90 * MB, () => [Row(1, 1), Row(2, 89)]);
        IReadOnlyList<ProcessRow> named = _witnesses.Of(Finding.MemoryLimit, [Row(1, 1)]);
        Assert.AreSequenceEqual([(1, 'S'), (2, 'X')], named.Select(row => (row.Pid, row.State)).ToArray());
        StringAssert.Contains(Diagnostics.Messages.MemoryLimit(100 * MB, 100 * MB, named).Text, "p2 (pid 2, ended since, 89M: ");
    }

    [TestMethod]
    public void Whoever_is_there_is_named_if_that_explains_it()
    {
        _witnesses.Note(90 * MB, () => [Row(2, 89)]);
        Assert.AreEqual(3, _witnesses.Of(Finding.MemoryLimit, [Row(3, 101)]).Single().Pid);
    }

    [TestMethod]
    public void What_was_given_back_meanwhile_is_forgotten()
    {
        _witnesses.Note(90 * MB, () => [Row(2, 89)]);
        _witnesses.Note(10 * MB, () => []);
        Assert.AreEqual(1, _witnesses.Of(Finding.MemoryLimit, [Row(1, 1)]).Single().Pid);
    }

    [TestMethod]
    public void The_last_look_before_it_counts_and_not_every_one_looks()
    {
        int looks = 0;
        foreach (int use in (int[])[85, 86, 87, 88, 95, 95])
        {
            _witnesses.Note(use * MB, () => [Row(++looks, use)]);
        }

        Assert.AreEqual(2, looks);
        Assert.AreEqual(2, _witnesses.Of(Finding.MemoryLimit, []).Single().Pid);
    }

    [TestMethod]
    public void For_another_limit_only_those_count_that_are_there()
    {
        _witnesses.Note(90 * MB, () => [Row(2, 89)]);
        Assert.AreEqual(1, _witnesses.Of(Finding.ProcessLimit, [Row(1, 1)]).Single().Pid);
    }

    private static ProcessRow Row(int pid, long megabytes) =>
        new(new ProcessIdentity("boot", 1, pid, 1), 0, $"p{pid}", "command", megabytes * MB, 0, 0, 'S');
}
