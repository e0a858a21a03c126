using BuildGuard.Leases.Taker;

namespace BuildGuard.Leases.Tests;

/// <summary>Containers: the same files, other process ids.</summary>
[TestClass]
public sealed class NamespaceTests
{
    private const string Unshare = "unshare --pid --fork --kill-child --mount-proc";

    [TestInitialize]
    public void RequireNamespaces()
    {
        if (!Shell.TryRun("unshare", "--pid", "--fork", "--mount-proc", "true"))
        {
            Assert.Inconclusive("no PID namespace can be made here (it takes root)");
        }
    }

    [TestMethod]
    public void Two_namespaces_that_share_the_directory_exclude_each_other()
    {
        using var state = new StateDirectory();
        using TakerProcess first = TakerProcess.Start(state.Path, under: Unshare).AwaitTurn();
        using TakerProcess second = TakerProcess.Start(state.Path, under: Unshare).AwaitTicket();
        using TakerProcess outside = TakerProcess.Start(state.Path).AwaitTicket();
        outside.AwaitAsleep();
        Assert.AreEqual(Record(state, first).Holder.Pid, Record(state, second).Holder.Pid, "the ids differ, so the test shows nothing");
        Assert.AreNotEqual(Record(state, first).Holder, Record(state, second).Holder, "one cannot be told from the other");
        Assert.IsFalse(second.HasTurn || outside.HasTurn);
        first.Kill();
        second.AwaitTurn();
        outside.AwaitAsleep();
        Assert.IsFalse(outside.HasTurn);
        second.Release();
        outside.AwaitTurn().Release();
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void A_process_with_the_holders_id_is_not_the_holder()
    {
        // After a dead holder the next process gets its id, and must not be taken for it. What keeps the holder's input open is
        // no process: a shell that waits for one of a pipeline waits for all of it.
        using var state = new StateDirectory();
        string log = Path.Combine(state.Path, "log");
        string script = Path.Combine(state.Path, "script");
        string taker = $"dotnet {TakerProcess.Program} --state {state.Path} --log {log}";
        File.WriteAllText(script, $"""
            echo 60 > /proc/sys/kernel/ns_last_pid
            mkfifo {state.Path}/input
            exec 3<> {state.Path}/input
            {taker} < {state.Path}/input > {state.Path}/first & first=$!
            until grep -q '^turn' {state.Path}/first; do sleep 0.05; done
            kill -9 $first
            wait $first
            for i in 1 2 3 4 5 6 7 8 9; do
                echo $((first - 1)) > /proc/sys/kernel/ns_last_pid
                sh -c 'echo $$; exec {taker} --times 1' > {state.Path}/second || exit 1
                test "$(head -1 {state.Path}/second)" = $first && exit 0
            done
            exit 2
            """);
        Assert.IsTrue(Shell.TryRun("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", script), "no id was used twice, or the second was held up");
        Assert.IsGreaterThan(1, File.ReadAllLines(log).Count(l => l.StartsWith("enter ", StringComparison.Ordinal)));
        Assert.IsEmpty(state.Leftovers());
    }

    [TestMethod]
    public void Ids_that_come_round_after_a_few_hundred_processes_mislead_nobody()
    {
        // Before Linux 6.14 pid_max is the whole machine's.
        if (Environment.OSVersion.Version < new Version(6, 14))
        {
            Assert.Inconclusive("this kernel has no pid_max of a namespace's own");
        }

        string before = File.ReadAllText("/proc/sys/kernel/pid_max");
        string stress = Path.Combine(AppContext.BaseDirectory, "stress.dll");
        Assert.IsTrue(Shell.TryRun(
            "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            $"echo 400 > /proc/sys/kernel/pid_max && exec dotnet {stress} --contenders 4 --acquisitions 200 --kills 60 --mutations 0"));
        Assert.AreEqual(before, File.ReadAllText("/proc/sys/kernel/pid_max"));
    }

    private static LeaseRecord Record(StateDirectory state, TakerProcess taker)
    {
        using TicketFile file = TicketFile.Open(new Platform.Unix.UnixStateFiles(), state.Layout.TicketOf(taker.Lease))!;
        return file.Read()!.Record;
    }
}
