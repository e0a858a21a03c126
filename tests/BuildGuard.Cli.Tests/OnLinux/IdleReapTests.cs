using System.Text.Json;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>
/// <c>reap --idle</c> with real servers of the SDK, in a PID namespace of the test's own: those of whoever else builds on this
/// machine are none of it.
/// </summary>
[TestClass]
public sealed class IdleReapTests
{
    /// <summary>Starts a node, a compiler server and something else; the mark of a lease that the tests run under is taken away.</summary>
    private const string Servers = """
        ulimit -S -x unlimited
        unset BUILDGUARD_LEASE; export TMPDIR=$PWD; pipe=$(basename "$(dirname "$PWD")").pipe
        sdk=$(dotnet --list-sdks | tail -1 | sed 's/\([^ ]*\) \[\(.*\)\]/\2\/\1/')
        listens() { until grep -q "$1" /proc/net/unix; do sleep 0.05; done; }
        asleep() { until [ "$a" = "$(cut -d' ' -f14,15 /proc/$1/stat)" ]; do a=$(cut -d' ' -f14,15 /proc/$1/stat); sleep 0.5; done; }
        setsid dotnet "$sdk/MSBuild.dll" /nologo /nodemode:1 /nodeReuse:true >/dev/null 2>&1 </dev/null & node=$!
        setsid dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" -pipename:$pipe >/dev/null 2>&1 </dev/null & compiler=$!
        sleep 1000 & other=$!
        listens "MSBuild$node"; listens "/tmp/$pipe\$"; asleep $node; asleep $compiler

        """;

    [TestMethod]
    public void Idle_servers_of_the_SDK_are_ended_and_nothing_else()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Servers + """
            $HELPER reap --idle 1s --json > first
            sleep 1.2
            $HELPER reap --idle 1s --dry-run --json > dry
            kill -0 $node $compiler && echo both
            $HELPER reap --idle 10m > notyet
            $HELPER reap --idle 1s
            kill -0 $node 2>/dev/null || kill -0 $compiler 2>/dev/null || echo gone
            kill -0 $other && echo other
            """);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        JsonElement first = Idle(sandbox, "first");
        Assert.AreEqual("buildNode compiler", string.Join(' ', first.EnumerateArray().Select(p => p.GetProperty("kind").GetString()).Order()));
        Assert.IsTrue(first.EnumerateArray().All(p => !p.GetProperty("due").GetBoolean() && !p.GetProperty("inUse").GetBoolean() && p.GetProperty("idleMs").GetInt64() == 0), "nothing is known at the first look");
        Assert.IsTrue(first.EnumerateArray().All(p => p.GetProperty("ageMs").GetInt64() > 500 && p.GetProperty("memoryBytes").GetInt64() > 1 << 20), $"{first}");
        JsonElement dry = Idle(sandbox, "dry");
        Assert.IsTrue(dry.EnumerateArray().All(p => p.GetProperty("due").GetBoolean() && !p.GetProperty("ended").GetBoolean() && p.GetProperty("idleMs").GetInt64() >= 1000), $"{dry}");
        StringAssert.Contains(File.ReadAllText(Path.Combine(sandbox.Work, "notyet")), "Of the tool chain nothing is known to be idle for 10m");
        StringAssert.StartsWith(result.Output, "both\nNothing to reap: no lease has a dead holder.\nEnded 2 of 2 of the tool chain, idle for 1s or longer:\n");
        StringAssert.Matches(result.Output, new(@"\n +\d+ +[\d.]+M +MSBuild node +\S+ old +idle for \S+ +ended\n"));
        StringAssert.EndsWith(result.Output, "gone\nother\n");
        string log = sandbox.Run("log", "--json").Output;
        StringAssert.Matches(log, new("\"event\":\"orphan\".*\"code\":\"BG4006\".*\"processes\":\\[.*MSBuild.dll.*VBCSCompiler.dll"));
    }

    [TestMethod]
    public void Doctor_lists_them_and_its_look_does_not_count()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Servers + """
            $HELPER run --preflight off -- true
            $HELPER doctor > text
            $HELPER doctor --json > doctor
            sleep 1.2
            $HELPER reap --idle 1s --dry-run --json > first
            """);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        using JsonDocument doctor = JsonDocument.Parse(File.ReadAllText(Path.Combine(sandbox.Work, "doctor")));
        Assert.AreEqual("buildNode compiler", string.Join(' ', doctor.RootElement.GetProperty("tools").EnumerateArray().Select(p => p.GetProperty("kind").GetString()).Order()));
        StringAssert.Matches(File.ReadAllText(Path.Combine(sandbox.Work, "text")), new(@"\n +\d+ +MSBuild node +[\d.]+M +\S+ old"));
        Assert.IsTrue(Idle(sandbox, "first").EnumerateArray().All(p => p.GetProperty("idleMs").GetInt64() == 0), "what doctor saw was remembered");
    }

    [TestMethod]
    public void One_that_is_connected_to_or_was_started_under_the_guard_is_spared()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Inconclusive("no python3 here, which connects to the server (Debian: apt-get install python3-minimal)");
        }

        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Servers + """
            python3 -c "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect('/tmp/$pipe'); print('connected', flush=True); sys.stdin.read()" < <(sleep 1000) > connected &
            until grep -q connected connected; do sleep 0.05; done
            kill $node; wait $node
            $HELPER run --preflight off --keep dotnet -- sh -c "setsid dotnet '$sdk/MSBuild.dll' /nologo /nodemode:1 /nodeReuse:true >/dev/null 2>&1 </dev/null & echo \$! > kept" 2>said
            kept=$(cat kept); listens "MSBuild$kept"
            $HELPER reap --idle 1s --json > first
            sleep 1.2
            $HELPER reap --idle 1s --json > second
            kill -0 $compiler && kill -0 $kept && echo spared
            kill $kept
            """);
        Assert.AreEqual("spared\n", result.Output, result.Error);
        JsonElement only = Idle(sandbox, "second").EnumerateArray().Single();
        Assert.AreEqual("compiler", only.GetProperty("kind").GetString());
        Assert.IsTrue(only.GetProperty("inUse").GetBoolean());
    }

    [TestMethod]
    public void Those_of_a_build_that_holds_a_lease_are_spared()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Servers + """
            # The node serves a build that is one of us: a session whose owner is its parent.
            bash -c 'setsid dotnet "$0/MSBuild.dll" /nologo /nodemode:1 /nodeReuse:true >/dev/null 2>&1 </dev/null & echo $! > inner; exec sleep 1000' "$sdk" & build=$!
            until [ -s inner ]; do sleep 0.05; done
            inner=$(cat inner); listens "MSBuild$inner"
            $HELPER session --preflight off --label build --build abc --owner-pid $build < <(sleep 1000) > session &
            until grep -q acquired session; do sleep 0.05; done
            $HELPER reap --idle 1s --json > first
            sleep 1.2
            $HELPER reap --idle 1s > second
            kill -0 $inner && echo spared
            """);
        Assert.AreEqual("spared\n", result.Output, result.Error);
        Assert.AreEqual(2, Idle(sandbox, "first").GetArrayLength(), "the node of the build is none of it");
        StringAssert.Contains(File.ReadAllText(Path.Combine(sandbox.Work, "second")), "Ended 2 of 2");
    }

    [TestMethod]
    public void A_test_host_is_a_leftover_when_its_parent_is_dead()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, """
            ulimit -S -x unlimited; unset BUILDGUARD_LEASE
            sleep 1000 & parent=$!
            true & dead=$!; wait $dead
            host() { (exec -a dotnet bash -c 'read -r x <> <(:)' testhost.dll --parentprocessid $1) & }
            host $parent; living=$!
            host $dead; orphan=$!
            until grep -q testhost /proc/$living/cmdline && grep -q testhost /proc/$orphan/cmdline; do sleep 0.05; done
            $HELPER reap --idle 1s --json > first
            sleep 1.2
            $HELPER reap --idle 1s --json > second
            kill -0 $living && ! kill -0 $orphan 2>/dev/null && echo $orphan
            """);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        JsonElement host = Idle(sandbox, "second").EnumerateArray().Single();
        Assert.AreEqual("testHost", host.GetProperty("kind").GetString());
        Assert.AreEqual(int.Parse(result.Output), host.GetProperty("pid").GetInt32());
        Assert.IsTrue(host.GetProperty("ended").GetBoolean());
    }

    [TestMethod]
    [DataRow("soon", "--idle 'soon' cannot be understood: expected a duration")]
    [DataRow("10ms", "--idle '10ms' is too short: expected 1s or more")]
    public void What_is_no_time_is_refused(string text, string problem)
    {
        using var sandbox = new Sandbox();
        foreach (string verb in (string[])["reap", "schedule install"])
        {
            Result refused = sandbox.Run([.. verb.Split(' '), "--idle", text]);
            Assert.AreEqual(125, refused.ExitCode);
            StringAssert.Contains(refused.ErrorLine, $"BG0005: {problem}");
        }
    }

    [TestMethod]
    public void Notes_that_cannot_be_kept_are_one_line()
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        Directory.CreateDirectory(Path.Combine(sandbox.State, "idle"));
        Result result = sandbox.Run("reap", "--idle", "1000d");
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, $"BG0011: ");
        StringAssert.Contains(result.ErrorLine, $"{sandbox.State}/idle");
    }

    private static JsonElement Idle(Sandbox sandbox, string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(sandbox.Work, file))).RootElement.GetProperty("idle");
}
