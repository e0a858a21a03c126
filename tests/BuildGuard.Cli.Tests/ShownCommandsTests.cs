using BuildGuard.Cli.Tests.OnLinux;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// Which command lines of running processes a viewer shows: none where they must not be recorded, whoever's setting says so, and none
/// of another user's.
/// </summary>
[TestClass]
public sealed class ShownCommandsTests
{
    private const string Secret = "1000.4711";
    private static readonly (string, string) s_off = ("BUILDGUARD_RECORD_COMMANDS", "false");
    private static readonly (string, string) s_fit = ("BUILDGUARD_PREFLIGHT", "off");

    private static readonly string[][] s_viewers =
        [["status"], ["status", "--json"], ["queue"], ["queue", "--json"], ["top"], ["monitor", "--once"], ["monitor", "--once", "--json"]];

    [TestMethod]
    public void Whoever_looks_without_them_sees_the_names_of_the_programs()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, []);
        using Helper waiting = sandbox.Start([s_fit], "run", "--label", "later", "--", "sh", "-c", $": {Secret}");
        waiting.AwaitError("BG1001");
        StringAssert.Contains(sandbox.Run("status").Output, $": {Secret}", "otherwise it is shown");
        AssertHidden(sandbox, [s_off]);

        Result stopped = sandbox.Run([s_off], "stop", "--yes", "--json");
        Assert.DoesNotContain(Secret, stopped.Output);
        _ = (holder.WaitForEnd(), waiting.WaitForEnd());
    }

    [TestMethod]
    public void What_runs_without_them_shows_none_to_whoever_looks()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, [s_off]);
        using Helper waiting = sandbox.Start([s_fit, s_off], "run", "--label", "later", "--", "sh", "-c", $": {Secret}");
        waiting.AwaitError("BG1001");
        AssertHidden(sandbox, []);
        sandbox.Run("stop", "--yes");
        _ = (holder.WaitForEnd(), waiting.WaitForEnd());
    }

    /// <summary>A helper is a process of the lease around its own, and bears the command on its own command line.</summary>
    [TestMethod]
    public void What_runs_without_them_inside_another_lease_shows_none_there_either()
    {
        using var sandbox = new Sandbox();
        string program = string.Join(' ', Helper.Program.Select(word => $"'{word}'"));
        File.WriteAllText(Path.Combine(sandbox.Work, "inside.sh"), $"{s_off.Item1}=false {program} run --label inner -- sh -c ': {Secret}; echo ready; cat'\n");
        using Helper holder = sandbox.Start([s_fit], "run", "--label", "outer", "--", "sh", "inside.sh");
        Assert.AreEqual("ready", holder.ReadLine());
        Result status = sandbox.Run("status");
        StringAssert.Contains(status.Output, "sh inside.sh");
        StringAssert.Contains(status.Output, "inner");
        Assert.DoesNotContain(Secret, status.Output);
        holder.CloseInput();
        holder.WaitForEnd();
    }

    [TestMethod]
    public void Reaping_shows_none_either()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, []);
        holder.Kill();
        StringAssert.Contains(sandbox.Run("reap", "--dry-run").Output, $"sleep {Secret}", "otherwise it is shown");
        foreach (string[] arguments in (string[][])[["reap", "--dry-run"], ["reap", "--dry-run", "--json"], ["reap"]])
        {
            Result reaped = sandbox.Run([s_off], arguments);
            Assert.AreEqual(0, reaped.ExitCode, reaped.Error);
            Assert.DoesNotContain(Secret, reaped.Output);
        }
    }

    [TestMethod]
    public void Of_another_users_lease_the_names_of_its_processes_are_shown()
    {
        using var machine = new SharedMachine();
        string[] command = ["run", "--lock", "machine", "--label", "work", "--", "sh", "-c", $": {Secret}; echo ready; read end; exit 0"];
        var holder = machine.Start(SharedMachine.Somebody, command);
        Assert.AreEqual("ready", holder.StandardOutput.ReadLine());
        foreach (int user in (int[])[SharedMachine.Somebody, SharedMachine.Another, SharedMachine.Root])
        {
            foreach (string[] viewer in (string[][])[["status", "--lock", "machine"], ["top"]])
            {
                // For each who looks a state directory of his own has to be there.
                machine.Run(user, "run", "--", "true");
                Result shown = machine.Run(user, viewer);
                Assert.AreEqual(0, shown.ExitCode, shown.Error);
                StringAssert.Contains(shown.Output, "work");
                Assert.AreEqual(user == SharedMachine.Somebody, shown.Output.Contains(Secret, StringComparison.Ordinal), $"{user}: {shown.Output}");
            }

            StringAssert.Contains(machine.Run(user, "status", "--lock", "machine").Output, "Lock machine, state in /var/tmp/buildguard-machine, ");
        }

        Assert.AreEqual(0, SharedMachine.End(holder).ExitCode);
    }

    private static Helper Hold(Sandbox sandbox, (string, string)[] variables)
    {
        Helper holder = sandbox.Start([s_fit, .. variables], "run", "--label", "deploy", "--", "sh", "-c", $": {Secret}; sleep {Secret} & echo ready; wait");
        Assert.AreEqual("ready", holder.ReadLine());
        return holder;
    }

    private static void AssertHidden(Sandbox sandbox, (string, string)[] variables)
    {
        foreach (string[] viewer in s_viewers)
        {
            Result shown = sandbox.Run(variables, viewer);
            Assert.AreEqual(0, shown.ExitCode, shown.Error);
            Assert.DoesNotContain(Secret, shown.Output, string.Join(' ', viewer));
        }

        StringAssert.Contains(sandbox.Run(variables, "status").Output, "sleep");
    }
}
