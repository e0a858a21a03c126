using System.Text.Json;
using static BuildGuard.Cli.Tests.OnLinux.MonitorEndsTests;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>What is guarded the watch never ends by name, whatever became of the tickets that tell of it.</summary>
[TestClass]
public sealed class MonitorSparesTests
{
    [TestMethod]
    public void What_is_guarded_and_whom_it_descends_from_is_never_ended_by_name()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            export BUILDGUARD_MONITOR_ENDS='runaway;dotnet;buildguard;bash;script;holder'
            export BUILDGUARD_SLOTS=2
            cp "$(command -v bash)" runaway; cp runaway holder
            # An operation is ended by its lease alone, and this one is too small for that; who started it waits for it.
            ./holder -c "x=\$(head -c 50000000 /dev/zero | tr '\\0' x); $HELPER run --preflight off -- ./runaway -c 'echo \$\$ > operation; sleep 1000; :'; :" & holder=$!
            until [ -s operation ]; do sleep 0.05; done
            # A build that holds a lease.
            ./runaway -c "$code" & build=$!; await $build
            $HELPER session --preflight off --label build --build abc --owner-pid $build < <(sleep 1000) > session &
            until grep -qs acquired session; do sleep 0.05; done
            # One that waits for the turn.
            ./runaway -c "$code" & waiting=$!; await $waiting
            $HELPER session --preflight off --label build --build def --owner-pid $waiting < <(sleep 1000) > waits &
            until $HELPER queue --json | grep -q '"position": *1'; do sleep 0.05; done
            watch > first
            lives $holder && lives $(cat operation) && lives $build && lives $waiting && lives $$ && echo spared
            """);
        Assert.AreEqual("spared\n", result.Output, result.Error);
        Assert.AreEqual(0, Lines(sandbox, "first")[0].GetProperty("named").EnumerateArray().Count(one => one.GetProperty("memoryBytes").GetInt64() > 32 << 20));
        Assert.DoesNotContain("finding BG3010", Names(sandbox, "first"));
    }

    /// <summary>What is damaged, and when, and whether the helper of the build dies of it.</summary>
    [TestMethod]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/*-????????; do printf garbage 1<>$f; done")]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/*-????????; do : > $f; done")]
    [DataRow("for f in $BUILDGUARD_STATE_DIR/locks/user/*-????????; do printf garbage 1<>$f; done; kill -9 $session")]
    [DataRow("rm -r $BUILDGUARD_STATE_DIR")]
    public void A_build_whose_ticket_is_damaged_or_gone_is_guarded_all_the_same(string damage)
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + $$$"""
            cp "$(command -v perl)" runaway
            # As a build does, and the other node of it that has the memory.
            cat > build <<'END'
            use Fcntl ":flock";
            if (!fork) { $x = "x" x 60000000; open R, ">", "node"; close R; sleep 1000 }
            $y = "y" x 60000000;
            open R, ">", "ready"; close R;
            select undef, undef, undef, 0.02 until -s "owner";
            open F, "<", "owner"; chomp($file = <F>);
            open O, "+<", $file or die; flock O, LOCK_EX or die;
            open R, ">", "locked"; close R;
            sleep 1000;
            END
            ./runaway build & build=$!
            until [ -e ready ] && [ -e node ]; do sleep 0.02; done
            $HELPER session --preflight off --label build --build abc --owner-pid $build < <(sleep 1000) > session & session=$!
            until grep -qs acquired session; do sleep 0.05; done
            sed -n 's/.*"ownerFile":"\([^"]*\)".*/\1/p' session > path; mv path owner
            until [ -e locked ]; do sleep 0.02; done
            {{{damage}}}
            watch > watched
            lives $build && lives $(pgrep -P $build) && echo spared
            kill -9 $build
            until ! lives $build; do sleep 0.02; done
            watch > after
            """);
        Assert.AreEqual("spared\n", result.Output, result.Error);
        Assert.DoesNotContain("finding BG3010", Names(sandbox, "watched"));
        Assert.AreEqual(0, Lines(sandbox, "watched")[0].GetProperty("named").GetArrayLength());
        CollectionAssert.Contains(Names(sandbox, "after"), "finding BG3010", "what it left is guarded by nobody");
    }

    /// <summary>From inside a PID namespace nobody sees who outside has locked a file.</summary>
    [TestMethod]
    public void While_nobody_can_tell_who_holds_a_ticket_nothing_is_ended_by_name_and_that_is_said()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", "echo $BUILDGUARD_LEASE; exec cat");
        string lease = holder.ReadLine()!;
        Result result = PidNamespace.Run(sandbox, Hoard + $"""
            printf garbage 1<>$BUILDGUARD_STATE_DIR/locks/{lease}
            hoard runaway
            watch > watched
            timeout 3 $HELPER monitor --json --interval 100ms --memory-threshold 0.01 > followed
            $HELPER monitor --once > people
            lives $hoard && echo spared
            """);
        Assert.AreEqual("spared\n", result.Output, result.Error);
        string expected = $"who holds {lease} can be neither read nor seen, and may be one that MonitorEnds names: none of those is ended until that ticket is gone";
        Assert.AreEqual(expected, Lines(sandbox, "watched").Single(line => line.TryGetProperty("code", out JsonElement code) && code.GetString() == "BG1012").GetProperty("text").GetString());
        Assert.AreEqual(1, Names(sandbox, "followed").Count(name => name == "finding BG1012"));
        StringAssert.Contains(File.ReadAllText(Path.Combine(sandbox.Work, "people")), $"warning BG1012: {expected}");
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }
}
