using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildGuard.Platform.Tests.Containment;

/// <summary>A contained command behaves as it does without the guard.</summary>
[TestClass]
[SupportedOSPlatform("linux")]
public sealed class CommandTests
{
    public static IEnumerable<object[]> Rungs => Enum.GetValues<Rung>().Select(rung => new object[] { rung });

    [TestMethod]
    [DataRow(Rung.RootV1, "exit 0", 0)]
    [DataRow(Rung.RootV1, "exit 3", 3)]
    [DataRow(Rung.RootV1, "exit 255", 255)]
    [DataRow(Rung.RootV1, "kill -TERM $$", 143)]
    [DataRow(Rung.RootV1, "kill -KILL $$", 137)]
    [DataRow(Rung.RootBare, "exit 7", 7)]
    [DataRow(Rung.UserBare, "exit 8", 8)]
    [DataRow(Rung.UserBare, "kill -HUP $$", 129)]
    public void TheExitCodeIsTheCommandsOwnAndNothingIsCalledAnOrphan(Rung rung, string script, int expected)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell(script);

        Assert.AreEqual(expected, outcome.ExitCode, outcome.ToString());
        Assert.IsEmpty(outcome.Ended);
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void WhatCannotBeStartedSaysWhyAndLeavesNothing(Rung rung)
    {
        using var stage = new Stage(rung);
        string plain = stage.File_("plain");
        File.WriteAllText(plain, "text");
        string orphan = stage.Script("no-interpreter", "#!/nonexistent/interpreter\n");

        Assert.AreEqual(127, stage.Command([], "buildguard-no-such-command").ExitCode);
        Assert.AreEqual(127, stage.Command([], "/nonexistent/file").ExitCode);
        Assert.AreEqual(126, stage.Command([], plain).ExitCode);
        Assert.AreEqual(126, stage.Command([], "/tmp").ExitCode);
        Outcome outcome = stage.Command([], orphan);
        Assert.AreEqual(126, outcome.ExitCode);
        Assert.Contains("interpreter", outcome.Failure!);
        Assert.IsEmpty(stage.Groups());
    }

    [TestMethod]
    public void AScriptWithoutAFirstLineIsRunByTheShell()
    {
        using var stage = new Stage(Rung.UserBare);
        string script = stage.Script("bare-script", "echo \"got $1 and $2\"; exit 6\n");
        Outcome outcome = stage.Command([], script, "a b", "c");

        Assert.AreEqual(6, outcome.ExitCode, outcome.ToString());
        Assert.AreEqual("got a b and c\n", outcome.Output);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ItInheritsStandardStreamsAndNoOtherDescriptor(Rung rung)
    {
        using var stage = new Stage(rung);
        const string list = "for f in /proc/$$/fd/*; do echo \"${f##*/} $(readlink $f)\"; done | sed 's/pipe:.*/pipe/' | grep -v ' $' | sort";
        Process alone = stage.Start("/bin/sh", "-c", list);
        string expected = alone.StandardOutput.ReadToEnd();

        Assert.AreEqual(expected, stage.Shell(list).Output);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ItStaysInTheProcessGroupOfItsCaller(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("read -r pid name state parent group rest < /proc/$$/stat; echo $group");

        Assert.AreEqual(Processes.GroupOf(Environment.ProcessId).ToString(System.Globalization.CultureInfo.InvariantCulture), outcome.Output.Trim());
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void SignalsAreAsTheyWereBeforeTheRuntimeChangedThem(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("grep -E 'SigIgn|SigBlk' /proc/self/status | tr -d '\\t\\n'");

        Assert.AreEqual("SigBlk:0000000000000000SigIgn:0000000000000000", outcome.Output);
    }

    [TestMethod]
    public void WhatWasIgnoredAtTheStartStaysIgnored()
    {
        using var stage = new Stage(Rung.UserBare);
        string report = stage.NextReport();
        Process shell = stage.Start(
            ["/usr/bin/env", "--ignore-signal=HUP", "--ignore-signal=CHLD", .. Stage.Run(stage.State, stage.Lease, report, [], "grep", "SigIgn", "/proc/self/status")]);
        string output = shell.StandardOutput.ReadToEnd();

        // SIGHUP is bit 0, SIGCHLD bit 16; an ignored SIGCHLD must not cost the exit status either.
        Assert.AreEqual("SigIgn:\t0000000000010001\n", output);
        shell.WaitForExit();
        Assert.AreEqual(0, shell.ExitCode);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ItKnowsItsLease(Rung rung)
    {
        using var stage = new Stage(rung);
        Assert.AreEqual(stage.Lease + "\n", stage.Shell("echo $BUILDGUARD_LEASE").Output);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ManyArgumentsAndVariablesArriveUnchanged(Rung rung)
    {
        using var stage = new Stage(rung);
        string[] arguments = [.. Enumerable.Range(0, 2000).Select(i => $"{i} ü \"quoted\" $x *\n")];
        Outcome outcome = stage.Command([], ["/bin/sh", "-c", "printf '%s' \"$@\"", "sh", .. arguments]);

        Assert.AreEqual(string.Concat(arguments), outcome.Output);
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void TheCallersEndIsNoticed(Rung rung)
    {
        using var stage = new Stage(rung);
        string report = stage.NextReport();
        string run = string.Join(' ', Stage.Run(stage.State, stage.Lease, report, ["--watch-parent", "yes"], "sleep", stage.Token));
        Process shell = stage.Start("/bin/sh", "-c", $"{run} & until pgrep -f '^sleep {stage.Token}' >/dev/null; do sleep 0.01; done; exit 0");
        shell.WaitForExit();
        Stage.Until(() => File.Exists(report), "the taker reported");

        Assert.IsTrue(Stage.Read(report).GetProperty("parentGone").GetBoolean());
        Stage.Until(() => stage.Alive().Count == 0, "the taker itself, which carries the token too, has exited");
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void APoliteRequestReachesEveryProcess(Rung rung)
    {
        using var stage = new Stage(rung);
        string heard = stage.File_("heard");
        Outcome outcome = stage.Shell(
            $"for i in 1 2 3; do setsid sh -c 'trap \"echo heard >> {heard}; exit 0\" TERM; while :; do sleep 0.01; done' & done; wait",
            "--stop-after", "1500", "--ask", "yes");

        Assert.AreEqual(143, outcome.ExitCode, outcome.ToString());
        Assert.HasCount(3, File.ReadAllLines(heard));
        Assert.IsEmpty(outcome.Ended, "all went by themselves");
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ANamedServerIsKept(Rung rung)
    {
        using var stage = new Stage(rung);
        string server = KeptServer(stage);
        Outcome outcome = stage.Shell($"setsid {server} $S >/dev/null 2>&1 & setsid sleep $S & sleep 0.2; exit 0", "--keep", "buildguard-kept-server");
        List<int> alive = stage.Alive();

        Assert.AreEqual(0, outcome.ExitCode, outcome.ToString());
        Assert.HasCount(1, alive);
        Assert.HasCount(1, outcome.Ended);
        Assert.IsEmpty(stage.Groups());
    }

    /// <summary>For a moment it is a copy of the shell that started it, or the program that gives it a session, and the shell has ended.</summary>
    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void ANamedServerIsKeptAlsoBeforeItHasItsName(Rung rung)
    {
        AssertKept("(sleep 0.03; exec SERVER $S)");
        AssertKept("setsid sh -c 'sleep 0.03; exec SERVER $S'");

        void AssertKept(string way)
        {
            using var stage = new Stage(rung);
            string start = way.Replace("SERVER", KeptServer(stage), StringComparison.Ordinal);
            Outcome outcome = stage.Shell($"{start} >/dev/null 2>&1 & exit 0", "--keep", "buildguard-kept-server");

            Assert.AreEqual(0, outcome.ExitCode, $"{way}: {outcome}");
            Assert.HasCount(1, stage.Alive(), way);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Rungs))]
    public void AGrandchildThatHoldsTheOutputDelaysNobody(Rung rung)
    {
        using var stage = new Stage(rung);
        Outcome outcome = stage.Shell("echo before; setsid sleep $S & exit 4");

        Assert.AreEqual(4, outcome.ExitCode);
        Assert.AreEqual("before\n", outcome.Output);
        Assert.IsLessThan(TimeSpan.FromSeconds(30), outcome.Took);
    }

    /// <summary>A program of a name that no other one has.</summary>
    private static string KeptServer(Stage stage)
    {
        string server = stage.File_("buildguard-kept-server");
        File.Copy("/bin/sleep", server);
        File.SetUnixFileMode(server, (UnixFileMode)0x1ED);
        return server;
    }
}
