using System.Globalization;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// Whose a process is that the guard did not start itself: what a command left in a PID namespace that was there before is the
/// command's; what the shell had running that became the guard, and what that starts later, is not.
/// </summary>
[TestClass]
public sealed class StrayTests
{
    private const int NotHere = 96;

    // The namespace that is entered, its first process by its number outside in $NS; and how it is entered.
    private const string Namespace = """
        [ $(id -u) = 0 ] && own= || own='--user --map-root-user'
        unshare $own --pid --fork true || exit 96
        unshare $own --pid --fork --kill-child sh -c 'read -r pid _ < /proc/self/stat; echo $pid > ns; exec sleep 100' &
        OUTER=$!
        trap 'kill -9 $OUTER' EXIT
        until [ -s ns ]; do :; done
        NS=$(cat ns)
        [ $(id -u) = 0 ] && export ENTER="nsenter -t $NS -p" || export ENTER="nsenter -t $NS -U -p --preserve-credentials"

        """;

    public static IEnumerable<string[]> Rungs =>
        Environment.IsPrivilegedProcess && Directory.Exists("/sys/fs/cgroup/pids") ? [["bare"], ["cgroupV1"]] : [["bare"]];

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void What_enters_a_namespace_that_was_there_before_is_ended(string rung)
    {
        Result result = Run(Namespace, rung, "sh -c '$ENTER setsid sh -c \"$READY & exec sleep 99.$$\" & until [ -s ready ]; do :; done'");
        Assert.AreEqual("0 gone\n", result.Output, result.Error);
        StringAssert.Contains(result.Error, "BG4001");
    }

    /// <summary>Longer than the numbers of processes can be asked for one by one.</summary>
    [TestMethod]
    public void What_enters_one_is_ended_after_a_long_run_too()
    {
        Result result = Run(Namespace, "bare", "sh -c '$ENTER env -i PATH=$PATH setsid sh -c \"$READY & exec sleep 99.$$\" & until [ -s ready ]; do :; done; sleep 1.2'");
        Assert.AreEqual("0 gone\n", result.Output, result.Error);
    }

    /// <summary>More than are asked for one by one, before and after it.</summary>
    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void What_enters_one_is_ended_however_many_were_born_meanwhile(string rung)
    {
        const string Births = "for i in $(seq 150); do /bin/true; done";
        Result result = Run(Namespace, rung, $"sh -c '{Births}; $ENTER setsid sh -c \"$READY & exec sleep 99.$$\" & until [ -s ready ]; do :; done; {Births}; sleep 1.2'");
        Assert.AreEqual("0 gone\n", result.Output, result.Error);
    }

    /// <summary>The number of who entered is smaller than that of the command.</summary>
    [TestMethod]
    public void What_enters_one_is_ended_though_the_numbers_began_anew()
    {
        using var sandbox = new Sandbox();
        string inside = "sleep 0.5; echo $(($(cat /proc/sys/kernel/pid_max) - 4)) > /proc/sys/kernel/ns_last_pid || exit 96; for i in 1 2 3 4 5 6; do /bin/true; done; "
            + "nsenter -t $NS -p setsid sh -c 'read -r pid _ < /proc/self/stat; echo $pid > ready; exec sleep 96' & until [ -s ready ]; do :; done; sleep 1.2";
        File.WriteAllText(Path.Combine(sandbox.Work, "inside"), inside);
        Result result = PidNamespace.Run(sandbox, """
            unshare --pid --fork --kill-child sh -c 'read -r pid _ < /proc/self/stat; echo $pid > ns; exec sleep 100' &
            until [ -s ns ]; do :; done
            export NS=$(cat ns)
            for i in $(seq 300); do /bin/true; done
            BUILDGUARD_CONTAINMENT=bare $HELPER run --preflight off -- bash -c 'echo $$; . ./inside'
            echo $?
            cat ready
            grep -l 96 /proc/[0-9]*/cmdline
            """);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 1 && lines[1] == $"{NotHere}")
        {
            Assert.Inconclusive("nobody may choose the number of a process here");
        }

        Assert.HasCount(3, lines, result.Output + result.Error);
        Assert.AreEqual("0", lines[1], result.Error);
        Assert.IsLessThan(int.Parse(lines[0], CultureInfo.InvariantCulture), int.Parse(lines[2], CultureInfo.InvariantCulture), result.Output);
        StringAssert.Contains(result.Error, "BG4001");
    }

    [TestMethod]
    public void What_enters_one_may_be_kept()
    {
        Result result = Run(Namespace, "bare", "--keep sleep -- sh -c '$ENTER setsid sh -c \"$READY & exec sleep 99.$$\" & until [ -s ready ]; do :; done'");
        Assert.AreEqual("0 there\n", result.Output, result.Error);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void What_a_job_of_the_shell_before_starts_later_is_left_alone(string rung)
    {
        // The job waits until the command runs; its child becomes the guard's when the job ends.
        Result result = Run("(until [ -e go ]; do sleep 0.05; done; sh -c 'eval \"$READY\"; exec sleep 99.$$' & exit) &\n", rung, "sh -c 'touch go; until [ -s ready ]; do sleep 0.05; done; sleep 0.2'");
        Assert.AreEqual("0 there\n", result.Output, result.Error);
        Assert.AreEqual("", result.Error);
    }

    /// <summary>A job of a shell that is guarded itself bears the mark and the variable of the lease around.</summary>
    [TestMethod]
    public void What_a_guarded_shell_has_running_is_left_to_the_lease_around()
    {
        string inner = "(until [ -e go ]; do sleep 0.05; done; sh -c 'eval \"$READY\"; exec sleep 99.$$' & exit) &\n"
            + "($HELPER run --preflight off --quiet -- sh -c 'touch go; until [ -s ready ]; do sleep 0.05; done') ; kill -0 $(cat ready) && echo still > there";
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "inner"), inner.Replace("($HELPER", "bash -c \"exec $HELPER", StringComparison.Ordinal).Replace("done') ;", "done'\";", StringComparison.Ordinal));
        Result result = OutputTests.Shell(sandbox, Ready + "$HELPER run --preflight off --quiet -- bash inner; cat there; kill -0 $(cat ready) 2> /dev/null && echo left");
        Assert.AreEqual("still\n", result.Output, result.Error);
    }

    /// <summary>A server of long ago that does something in the environment of who asks, like a node of MSBuild.</summary>
    [TestMethod]
    public void What_somebody_else_starts_on_request_is_left_alone()
    {
        string server = "sh -c 'until [ -s asked ]; do sleep 0.05; done; BUILDGUARD_LEASE=$(cat asked) sh -c \"read -r pid _ < /proc/self/stat; echo \\$pid > ready; exec sleep 99.$$\"' &\n";
        Result result = Run(server, "bare", "sh -c 'echo $BUILDGUARD_LEASE > new; mv new asked; until [ -s ready ]; do sleep 0.05; done'", isJob: false);
        Assert.AreEqual("0 there\n", result.Output, result.Error);
        Assert.DoesNotContain("BG4001", result.Error);
    }

    /// <summary>The command's are caught beside it, whatever they take off of what tells of them.</summary>
    [TestMethod]
    public void An_orphan_of_the_command_is_ended_beside_a_job_of_the_shell_before()
    {
        Result result = Run("sleep 98 &\necho $! > job; disown\n", "bare", "sh -c 'env -i PATH=$PATH READY=\"$READY\" setsid sh -c \"eval \\\"\\$READY\\\"; exec sleep 99\" & until [ -s ready ]; do :; done'", "kill $(cat job) && echo job there; ");
        Assert.AreEqual("job there\n0 gone\n", result.Output, result.Error);
    }

    /// <summary>A job that ends, and an orphan that gets its number.</summary>
    [TestMethod]
    public void A_number_that_was_a_jobs_protects_nobody()
    {
        using var sandbox = new Sandbox();
        string command = "until ! kill -0 $JOB 2> /dev/null; do :; done; echo $((JOB - 1)) > /proc/sys/kernel/ns_last_pid || exit 96; setsid sleep 97 & echo $JOB $!";
        Result result = PidNamespace.Run(sandbox, $"""
            bash -c 'sleep 0.3 & export JOB=$!; BUILDGUARD_CONTAINMENT=bare exec $HELPER run --preflight off -- bash -c "$0"' '{command}'
            echo $?
            grep -l 97 /proc/[0-9]*/cmdline
            """);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines[^1] == $"{NotHere}")
        {
            Assert.Inconclusive("nobody may choose the number of a process here");
        }

        string[] numbers = lines[0].Split(' ');
        Assert.AreEqual(numbers[0], numbers[1], result.Output + result.Error);
        Assert.HasCount(2, lines, result.Output + result.Error);
        Assert.AreEqual("0", lines[1], result.Error);
    }

    // Whoever evaluates it says its number outside.
    private const string Ready = "export READY='read -r pid _ < /proc/self/stat; echo $pid > ready'\n";

    private static Result Run(string before, string rung, string command, string after = "", bool? isJob = null)
    {
        using var sandbox = new Sandbox();
        string script = before + Ready + $"""
            bash -c "$(cat run)"
            code=$?
            {after}kill -0 $(cat ready) 2> /dev/null && left=there || left=gone
            echo $code $left
            kill -9 $(cat ready) 2> /dev/null
            true
            """;
        bool mustBecome = isJob ?? !before.Contains("unshare", StringComparison.Ordinal);
        string options = command.StartsWith("--", StringComparison.Ordinal) ? "" : "-- ";
        string run = $"exec $HELPER run --preflight off {options}{command}";

        // A job of the shell that becomes the guard, or what was there before and is none of the guard's.
        File.WriteAllText(Path.Combine(sandbox.Work, "run"), mustBecome ? before + run : run);
        script = mustBecome ? script[before.Length..] : script;
        Result result = OutputTests.Shell(sandbox, $"export BUILDGUARD_CONTAINMENT={rung}\n{script}");
        if (result.ExitCode == NotHere)
        {
            Assert.Inconclusive($"this machine lets nobody make a PID namespace: {result.Error}");
        }

        return result;
    }
}
