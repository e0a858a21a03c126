using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests;

/// <summary>A cleaner of temporary files that finds the state directory, again and again, while it is in use.</summary>
[TestClass]
public sealed class CleanerTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_cleaner_that_deletes_files_in_use_lets_no_two_hold(bool directories)
    {
        using var state = new StateDirectory();
        string log = Path.Combine(state.Path, "log"), end = Path.Combine(state.Path, "end");
        List<TakerProcess> takers = [.. Enumerable.Range(0, 4).Select(_ => TakerProcess.Start(
            state.Path, $"--witness {state.Path}/witness --log {log} --times 100000 --hold 3000 --until {end}"))];
        try
        {
            var random = new Random(1);
            Condition.Await(() => File.Exists(log) && File.ReadAllLines(log).Length > 20, () => "the first turns");
            for (int i = 0; i < 60; i++)
            {
                Thread.Sleep(random.Next(30));
                Clean(state, random, directories);
            }

            int before = File.ReadAllLines(log).Length;
            Condition.Await(() => File.ReadAllLines(log).Length > before + 20, () => "somebody to go on; " + string.Join(" || ", takers.Select(t => t.Said)));
            File.WriteAllText(end, "");
            takers.ForEach(t => t.AwaitExit());
            takers.ForEach(t => Assert.AreEqual(0, t.ExitCode, t.Said));
            Assert.DoesNotContain(l => l.StartsWith("VIOLATION", StringComparison.Ordinal), File.ReadAllLines(log));
            using TakerProcess last = TakerProcess.Start(state.Path).AwaitTurn();
            last.Release();
            Assert.IsEmpty(state.Leftovers());
        }
        finally
        {
            takers.ForEach(t => t.Dispose());
        }
    }

    private static void Clean(StateDirectory state, Random random, bool directories)
    {
        if (directories && random.Next(4) == 0)
        {
            try
            {
                Directory.Delete(state.Layout.Locks, recursive: true);
            }
            catch (IOException)
            {
                // Somebody makes it anew just now.
            }

            return;
        }

        foreach (string file in Directory.Exists(state.Queue) ? Directory.GetFiles(state.Queue) : [])
        {
            if (random.Next(3) == 0)
            {
                File.Delete(file);
            }
        }
    }
}
