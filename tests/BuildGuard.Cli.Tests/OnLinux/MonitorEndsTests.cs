using System.Text.Json;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>What the watch ends by name, with real processes in a PID namespace of the test's own, and what it never touches.</summary>
[TestClass]
public sealed class MonitorEndsTests
{
    /// <summary>
    /// <c>hoard NAME [FIRST]</c>: a program of that name with some 50 MB and a child that sleeps; its process id is in $hoard.
    /// </summary>
    internal const string Hoard = """
        unset BUILDGUARD_LEASE
        code="x=\$(head -c 50000000 /dev/zero | tr '\\0' x); sleep 1000 & echo \$! > child-\$\$; echo ready > ready-\$\$; while :; do wait; done"
        hoard() { [ -e $1 ] || cp "$(command -v bash)" $1; ./$1 -c "${2:-:}; $code" >/dev/null 2>&1 </dev/null & hoard=$!; await $hoard; }
        await() { until [ -e ready-$1 ]; do sleep 0.02; done; }
        lives() { [ -e /proc/$1 ] && ! grep -q '^State:.Z' /proc/$1/status; }
        watch() { $HELPER monitor --once --json --memory-threshold 0.01 "$@"; }
        forget() { rm "$BUILDGUARD_STATE_DIR/ended"; }
        export BUILDGUARD_MONITOR_ENDS=runaway

        """;

    [TestMethod]
    public void What_is_named_is_ended_with_what_it_started_and_nothing_else()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            hoard runaway; named=$hoard; child=$(cat child-$named)
            hoard harmless; other=$hoard
            BUILDGUARD_MONITOR_ENDS= watch > without
            $HELPER monitor --once --json --memory-threshold 100 > under
            watch --dry-run > dry
            lives $named && lives $child && echo untouched
            watch > ended
            lives $named || lives $child || echo gone
            lives $other && lives $(cat child-$other) && echo other
            watch > after
            echo $named > named
            """);
        Assert.AreEqual("untouched\ngone\nother\n", result.Output, result.Error);
        int pid = int.Parse(File.ReadAllText(Path.Combine(sandbox.Work, "named")));
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3006" }, Names(sandbox, "without"));
        CollectionAssert.AreEqual(new[] { "sample " }, Names(sandbox, "under"));
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3010" }, Names(sandbox, "dry"));
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3010" }, Names(sandbox, "ended"));
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3006" }, Names(sandbox, "after"));
        Assert.AreEqual(0, Lines(sandbox, "without")[0].GetProperty("named").GetArrayLength());
        StringAssert.Contains(Lines(sandbox, "after")[2].GetProperty("text").GetString(), "no guarded operation, nor a process that MonitorEnds names, takes as much as 32M");

        JsonElement named = Lines(sandbox, "dry")[0].GetProperty("named").EnumerateArray().Single();
        Assert.AreEqual($"{pid} runaway runaway 2", $"{named.GetProperty("pid")} {named.GetProperty("name")} {named.GetProperty("rule")} {named.GetProperty("processes")}");
        Assert.IsGreaterThan(50_000_000, named.GetProperty("memoryBytes").GetInt64());
        JsonElement dry = Lines(sandbox, "dry")[2], ended = Lines(sandbox, "ended")[2];
        StringAssert.StartsWith(dry.GetProperty("text").GetString(), $"would end 'runaway' (pid {pid}), which is not guarded and which MonitorEnds (BUILDGUARD_MONITOR_ENDS) names as 'runaway': 2 processes with ");
        Assert.AreEqual("message True", $"{dry.GetProperty("level")} {dry.GetProperty("dryRun")}");
        StringAssert.StartsWith(ended.GetProperty("text").GetString(), $"ended 'runaway' (pid {pid})");
        Assert.AreEqual($"error {pid}", $"{ended.GetProperty("level")} {ended.GetProperty("named").GetProperty("pid")}");

        JsonElement killed = Lines(sandbox.Run("log", "--json").Output).Single(e => e.GetProperty("event").GetString() == "killed");
        Assert.AreEqual("BG3010", killed.GetProperty("code").GetString());
        CollectionAssert.AreEqual(new[] { "runaway", "sleep" }, killed.GetProperty("processes").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToArray());
    }

    [TestMethod]
    public void Who_does_not_hear_is_killed_after_the_grace()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            hoard runaway 'trap "" TERM'; named=$hoard; child=$(cat child-$named)
            BUILDGUARD_GRACE=300ms watch > deaf
            lives $named || lives $child || echo gone
            forget
            hoard runaway 'trap "echo asked > asked; kill \$(cat child-\$\$); exit" TERM'; named=$hoard
            BUILDGUARD_GRACE=1h watch > polite
            lives $named || cat asked
            forget
            hoard runaway; kill -STOP $hoard
            BUILDGUARD_GRACE=1h watch > stopped
            lives $hoard || echo stopped
            """);
        Assert.AreEqual("gone\nasked\nstopped\n", result.Output, result.Error);
        foreach (string file in (string[])["deaf", "polite", "stopped"])
        {
            Assert.AreEqual("finding BG3010", Names(sandbox, file)[^1], file);
        }
    }

    [TestMethod]
    public void The_largest_is_ended_first_guarded_or_named_and_the_next_only_when_that_was_measured()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            hoard runaway; one=$hoard
            hoard runaway 'z=$(head -c 20000000 /dev/zero | tr "\0" z)'; larger=$hoard
            $HELPER run --label guarded --preflight off -- bash -c "$(echo "$code" | sed 's/50000000/60000000/'); : \$z" >/dev/null 2>&1 &
            until $HELPER status --json | grep -q '"memoryBytes": *6[0-9]\{7\}'; do sleep 0.1; done
            $HELPER monitor --json --interval 100ms --memory-threshold 0.01 > watch & monitor=$!
            until [ $(grep -c 'BG30\(07\|10\)' watch) = 3 ]; do sleep 0.1; done
            kill $monitor; wait $monitor
            lives $one || lives $larger || echo gone
            """);
        Assert.AreEqual("gone\n", result.Output, result.Error);
        string[] names = Names(sandbox, "watch");
        int[] ends = [.. Enumerable.Range(0, names.Length).Where(i => names[i] is "finding BG3007" or "finding BG3010")];
        CollectionAssert.AreEqual(new[] { "finding BG3010", "finding BG3007", "finding BG3010" }, ends.Select(i => names[i]).ToArray());

        // How many more depends on what memory comes back, also from programs that have nothing to do with it.
        for (int i = 1; i < ends.Length; i++)
        {
            int looks = names[ends[i - 1]..ends[i]].Count(name => name == "sample ");
            Assert.IsGreaterThanOrEqualTo(2, looks, string.Join('\n', names));
        }
    }

    /// <summary>As from cron, a second apart: memory may be about to fall.</summary>
    [TestMethod]
    public void The_next_that_looks_once_knows_what_the_one_before_has_ended()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            note=$BUILDGUARD_STATE_DIR/ended
            hoard runaway; one=$hoard
            watch --dry-run > dry
            [ -e $note ] && echo noted
            watch > first
            lives $one || echo gone
            stat -c %a $note
            hoard runaway
            watch > second
            watch --dry-run > seconddry
            $HELPER monitor --once --memory-threshold 0.01 > people
            timeout 1 $HELPER monitor --json --interval 1h --memory-threshold 0.01 > anew
            lives $hoard && echo spared
            read boot at percent < $note
            # Long enough ago; before the boot, that is of another one; not yet; and nothing of ours.
            for text in "$boot $((at - 60000)) $percent" "another 1 $percent" "$boot $((at + 3600000)) $percent" "$boot $at NaN" "$boot -1 1" "" "$(head -c 5000 /dev/zero | tr '\\0' 7)"; do
              echo "$text" > $note
              watch > last
              lives $hoard || echo ended
              hoard runaway
            done
            chmod 000 $note; ln -sf nowhere $note
            watch > last
            lives $hoard || echo ended
            """);
        Assert.AreEqual($"gone\n600\nspared\n{string.Concat(Enumerable.Repeat("ended\n", 8))}", result.Output, result.Error);
        CollectionAssert.Contains(Names(sandbox, "dry"), "finding BG3010");
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006" }, Names(sandbox, "second"));
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006" }, Names(sandbox, "seconddry"));
        CollectionAssert.DoesNotContain(Names(sandbox, "anew"), "finding BG3010");
        StringAssert.Matches(File.ReadAllText(Path.Combine(sandbox.Work, "people")), new(@"\(threshold 0\.01 %; what was ended [^ ]+ ago may still give some back\), "));
    }

    [TestMethod]
    public void A_dry_run_says_it_once()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            hoard runaway
            $HELPER monitor --dry-run --json --interval 100ms --memory-threshold 0.01 > watch & monitor=$!
            until [ $(grep -c sample watch) -gt 10 ]; do sleep 0.1; done
            kill $monitor; wait $monitor
            lives $hoard && echo lives
            """);
        Assert.AreEqual("lives\n", result.Output, result.Error);
        Assert.AreEqual(1, Names(sandbox, "watch").Count(name => name == "finding BG3010"));
    }

    [TestMethod]
    public void Processes_of_another_user_are_not_touched_by_root_either()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Inconclusive("needs root and setpriv to start a process as another user");
        }

        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            chmod 711 . ..; chmod 777 .; cp "$(command -v bash)" runaway
            setpriv --reuid=65534 --clear-groups ./runaway -c "$code" & other=$!; await $other
            watch > first
            lives $other && echo lives
            """);
        Assert.AreEqual("lives\n", result.Output, result.Error);
        Assert.AreEqual(0, Lines(sandbox, "first")[0].GetProperty("named").GetArrayLength());
    }

    [TestMethod]
    public void A_name_is_the_programs_or_that_of_the_assembly()
    {
        using var sandbox = new Sandbox();
        Result result = PidNamespace.Run(sandbox, Hoard + """
            export BUILDGUARD_MONITOR_ENDS='title;Leaky.Server;a-name-longer-than-kernels-keep'
            (exec -a /opt/title bash -c "$code") & title=$!
            (exec -a dotnet bash -c "$code" exec /opt/Leaky.Server.dll) & assembly=$!
            hoard a-name-longer-than-kernels-keep; long=$hoard
            hoard a-name-longer-than-this; alike=$hoard
            await $title; await $assembly
            $HELPER monitor --once --json --memory-threshold 100 > first
            echo $title $assembly $long > pids
            """);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        string[] found = [.. Lines(sandbox, "first")[0].GetProperty("named").EnumerateArray().Select(one => $"{one.GetProperty("pid")} {one.GetProperty("rule")}")];
        string[] pids = File.ReadAllText(Path.Combine(sandbox.Work, "pids")).Trim().Split(' ');
        CollectionAssert.AreEquivalent(new[] { $"{pids[0]} title", $"{pids[1]} Leaky.Server", $"{pids[2]} a-name-longer-than-kernels-keep" }, found);
    }

    [TestMethod]
    public void People_are_told_at_the_beginning_what_may_be_ended()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Work, "buildguard.json");
        File.WriteAllText(file, """{ "monitorEnds": ["no-such-program", "nor-this"] }""");
        Result result = sandbox.Run("monitor", "--once", "--memory-threshold", "100");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.EndsWith(result.Output, $"; may end what is not guarded and called no-such-program or nor-this ({file})\n");
    }

    [TestMethod]
    [DataRow("[\"a\", 3]", "whole names of processes, no patterns, with ; between them")]
    [DataRow("\"/usr/bin/chrome\"", "whole names of processes, no patterns, with ; between them")]
    [DataRow("[\"*\"]", "whole names of processes, no patterns, with ; between them")]
    [DataRow("\"chrom?\"", "whole names of processes, no patterns, with ; between them")]
    [DataRow("{}", "whole names of processes, no patterns, with ; between them")]
    public void What_is_no_name_is_one_line_that_says_where(string value, string expected)
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), $"{{\n  \"monitorEnds\": {value}\n}}");
        Result result = sandbox.Run("monitor", "--once");
        Assert.AreEqual(125, result.ExitCode);
        StringAssert.Contains(result.ErrorLine, $"BG0004: {sandbox.Work}/buildguard.json(2,18): this is no value of 'monitorEnds': expected {expected}");
    }

    internal static string[] Names(Sandbox sandbox, string file) =>
        [.. Lines(sandbox, file).Select(line => $"{line.GetProperty("event").GetString()} {(line.TryGetProperty("code", out JsonElement code) ? code.GetString() : "")}")];

    internal static JsonElement[] Lines(Sandbox sandbox, string file) => Lines(File.ReadAllText(Path.Combine(sandbox.Work, file)));

    private static JsonElement[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
