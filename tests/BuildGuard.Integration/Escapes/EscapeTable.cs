namespace BuildGuard.Integration.Escapes;

/// <summary>The ways to escape that are tried on every rung.</summary>
internal static class EscapeTable
{
    private static readonly (string, string)[] s_entrance = [("unshare", "util-linux"), ("nsenter", "util-linux")];

    /// <summary>The table.</summary>
    public static IReadOnlyList<Escape> All { get; } =
    [
        new("setsid", "setsid sleep $S & await 1; left"),
        new("double-fork", "( ( sleep $S & ) & ); await 1; left"),
        new("nohup", "nohup sleep $S > /dev/null 2>&1 & await 1; left") { Needs = [("nohup", "coreutils")] },
        new("disown", "bash -c 'sleep $S & disown'; await 1; left") { Needs = [("bash", "bash")] },
        new("empty-environment", "env -i setsid sleep $S & await 1; left"),
        new("closed-streams", "setsid sleep $S <&- >&- 2>&- & await 1; left"),
        new("held-output", "echo before; setsid sleep $S & await 1; left"),
        new("process-group", "bash -c 'set -m; sleep $S & sleep $S & exit'; await 2; left") { Needs = [("bash", "bash")] },
        new("subreaper", "acrobat middleman $S & await 2; left"),
        new("stopped", "setsid sleep $S & await 1; kill -STOP $!; until grep -q 'State:.*T' /proc/$!/status; do :; done; left"),
        new("ignored-signals", "setsid sh -c 'trap \"\" TERM HUP INT QUIT; while :; do sleep '$S'; done' & await 2; left"),
        new("many", "i=0; while [ $i -lt 40 ]; do setsid sleep $S & i=$((i+1)); done; await 40; left"),
        new("hydra", "acrobat hydra $S 200 & await 60; left"),
        new("growing-hydra", "acrobat hydra $S 400 & await 60; [ $how = run ] || left; wait; sleep $S") { ReachesLimit = true },
        new("fork-bomb", "acrobat bomb $S 600 & await 60; [ $how = run ] || left; wait; sleep $S") { ReachesLimit = true },
        new("relay", "acrobat relay $S & until [ -s $T/pids ]; do :; done; left") { Nameless = true },
        new("vfork", "acrobat vfork $S & await 2; left"),
        new("clone-parent", "acrobat sibling $S & await 1; left"),
        new("threads-only", "acrobat threads $S & await 1; left"),
        new("terminal", "acrobat terminal $S & await 2; left"),
        new("memory-file", "acrobat nameless $S & await 1; left"),
        new("undumpable", "acrobat undumpable $S & await 1; left"),
        new("disguised", "acrobat disguised $S & await 1; left"),
        new("vfork-storm", "acrobat storm $S 8 & await 8; left"),
        new("delayed", "nohup sh -c 'sleep 1; exec setsid sleep '$S > /dev/null 2>&1 & left") { Needs = [("nohup", "coreutils")] },
        new("undying", "[ $how = killed ] && exec acrobat undying $S $T/made; setsid acrobat undying $S $T/undying & await 1; left"),
        new("zombies", "acrobat zombies $S & await 1; left"),
        new("traced", "acrobat traced $S & await 2; left"),
        new("script", "script -qfc \"sleep $S\" /dev/null < /dev/null > /dev/null 2>&1 & await 2; left") { Needs = [("script", "bsdutils")] },
        new("redis-server", "redis-server --port 0 --unixsocket $T/$S --daemonize yes --save '' --dir $T; await 1; left") { Needs = [("redis-server", "redis-server")] },
        new("ssh-agent", "ssh-agent -a $T/$S; await 1; left") { Needs = [("ssh-agent", "openssh-client")] },
        new("pid-namespace", """
            [ $(id -u) = 0 ] && own= || own='--user --map-root-user'
            unshare $own --pid --fork true || exit 96
            setsid unshare $own --pid --fork sh -c 'setsid sleep $S & sleep $S' & await 2; left
            """) { Needs = [("unshare", "util-linux")] },
        new("user-namespace", """
            unshare --user --map-root-user --pid --fork --mount-proc true || exit 96
            setsid unshare --user --map-root-user --pid --fork --mount-proc sh -c 'env -i setsid sleep $S & sleep $S' & await 2; left
            """) { Needs = [("unshare", "util-linux")] },
        new("entered-namespace", "$ENTER setsid sleep $S & await 1; left") { Needs = s_entrance },
        new("entered-namespace-orphan", "$ENTER sh -c 'setsid sleep $S & true'; await 1; left") { Needs = s_entrance },
        new("entered-namespace-empty-environment", "env -i PATH=$PATH $ENTER env -i setsid sleep $S & await 1; left") { Needs = s_entrance },
        new("entered-namespace-no-mark", "bash -c 'ulimit -S -x 7 && exec $ENTER sh -c \"setsid sleep $S & true\"'; await 1; left") { Needs = [("bash", "bash"), .. s_entrance] },
        new("entered-namespace-relay", "acrobat guest $S $NS & until [ -s $T/pids ]; do :; done; left") { Needs = s_entrance, Nameless = true },
        new("entered-namespace-other-group", """
            if [ -e /sys/fs/cgroup/cgroup.procs ]; then all=/sys/fs/cgroup/cgroup.procs; else all=$(echo /sys/fs/cgroup/*/cgroup.procs); fi
            for f in $all; do echo $$ > $f; done
            grep -q buildguard /proc/self/cgroup && exit 9
            $ENTER env -i setsid sleep $S & await 1; left
            """) { Needs = s_entrance, NeedsGroups = true },
        new("session-scope", """
            if [ -e /sys/fs/cgroup/cgroup.procs ]; then all=/sys/fs/cgroup; else all=$(dirname /sys/fs/cgroup/*/cgroup.procs); fi
            for h in $all; do
                mkdir $h/session-$S || exit 9
                for f in cpuset.cpus cpuset.mems; do [ ! -s $h/$f ] || cat $h/$f > $h/session-$S/$f; done
            done
            env -i setsid sleep $S & await 1
            for h in $all; do echo $! > $h/session-$S/cgroup.procs; done
            grep -q buildguard /proc/$!/cgroup && exit 9
            left
            """) { NeedsGroups = true },
        new("other-group", """
            if [ -e /sys/fs/cgroup/cgroup.procs ]; then all=/sys/fs/cgroup/cgroup.procs; else all=$(echo /sys/fs/cgroup/*/cgroup.procs); fi
            for f in $all; do echo $$ > $f; done
            grep -q buildguard /proc/self/cgroup && exit 9
            env -i setsid sleep $S & await 1; left
            """) { NeedsGroups = true },
        new("frozen-group", """
            g=/sys/fs/cgroup/unified; [ -d $g ] || g=/sys/fs/cgroup
            g=$g$(sed -n 's/^0:://p' /proc/self/cgroup)/$S
            mkdir $g; setsid sleep $S & await 1
            echo $! > $g/cgroup.procs; echo 1 > $g/cgroup.freeze; until grep -q 'frozen 1' $g/cgroup.events; do :; done; left
            """) { NeedsGroups = true },
        new("frozen-group-v1", """
            g=/sys/fs/cgroup/freezer/$S
            mkdir $g; setsid sleep $S & await 1
            echo $! > $g/cgroup.procs; echo FROZEN > $g/freezer.state; until grep -q FROZEN $g/freezer.state; do :; done; left
            """) { NeedsGroups = true, NeedsFreezer = true },
    ];
}
