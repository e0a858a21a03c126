using System.Text.RegularExpressions;

namespace BuildGuard.Integration.Guest;

/// <summary>Containment in version 2 control groups, on a kernel that has nothing else.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CgroupV2Tests
{
    /// <summary>Functions that the scripts use.</summary>
    private const string Functions = """
        bg() { buildguard run --quiet "$@"; }
        groups() { find /sys/fs/cgroup -mindepth 1 -type d -name 'buildguard-*' | wc -l; }
        sleeping() { for p in /proc/[0-9]*; do tr '\0' ' ' 2>/dev/null < $p/cmdline | grep -q '^sleep 1000' && echo x; done | wc -l; }
        until_sleeping() { n=0; while [ $(sleeping) -ne $1 ]; do n=$((n+1)); [ $n -gt 200 ] && { echo "never $1 sleeping"; return 1; }; usleep 50000; done; }

        """;

    [TestMethod]
    public void ItIsTheBestRungAndDoctorSaysSo() => Run("""
        buildguard doctor | grep -A1 Containment
        bg --report /tmp/r -- cat /proc/self/cgroup
        cat /tmp/r
        echo "groups $(groups)"
        """)
        .Says("cgroupV2").Says("0::/buildguard-").Says("\"containment\": \"cgroupV2\"").Says("groups 0");

    [TestMethod]
    public void TheMemoryLimitEndsTheTreeAndNeverTheGuard()
    {
        Result run = Run("""
            bg --memory 40M --report /tmp/r -- sh -c 'sleep 1000 & x=a; while :; do x=$x$x; done'
            echo "code $?"
            cat /tmp/r
            echo "sleeping $(sleeping) groups $(groups)"
            """);
        run.Says("code 137").Says("error BG3001").Says("\"outcome\": \"memory\"").Says("sleeping 0 groups 0");
        Assert.IsLessThanOrEqualTo(40L << 20, Number(run, "\"peakMemoryBytes\": (\\d+)"));
    }

    [TestMethod]
    public void ThreeProcessesTogetherReachTheMemoryLimitToo() => Run("""
        bg --memory 60M -- sh -c 'for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=30M count=1000 2>/dev/null & done; wait'
        echo "code $? groups $(groups)"
        """)
        .Says("error BG3001").Says("code 137 groups 0");

    [TestMethod]
    public void PageCacheIsNoCrime() => Run("""
        bg --memory 60M --report /tmp/r -- dd if=/dev/nvme0n1 of=/dev/null bs=1M count=200
        echo "code $?"
        """)
        .Says("code 0").NeverSays("BG3001");

    [TestMethod]
    public void SwapCounts() => Run("""
        mkswap /dev/nvme0n1 > /dev/null && swapon /dev/nvme0n1
        bg --memory 40M -- sh -c 'x=a; while :; do x=$x$x; done'
        echo "code $?"
        """)
        .Says("BG3001").Says("code 137");

    [TestMethod]
    [DataRow("/tmp/said", DisplayName = "quick to say what was refused")]
    [DataRow("/dev/console", DisplayName = "slow to say what was refused: the horde ends as fast as it grows, and can be collected as fast")]
    public void AForkBombIsEnded(string output)
    {
        Result run = Run($$"""
            echo 'bomb() { bomb | bomb & }; bomb; wait; sleep 1000' > /tmp/bomb
            bg --processes 20 --report /tmp/r -- sh -c 'exec sh /tmp/bomb 2> {{output}}'
            echo "code $?"
            cat /tmp/r
            echo "left $(ps | grep -c '[/]tmp/bomb') groups $(groups)"
            bg -- echo the machine works
            """);
        run.Says("code 137").Says("error BG3002").Says("left 0 groups 0").Says("the machine works");
    }

    [TestMethod]
    public void WhatAGroupAroundRefusesIsNoBreach() => Run("""
        echo 'for i in $(seq 80); do sleep 5 & done' > /tmp/many
        echo 'sh /tmp/many; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo goes on' > /tmp/command
        echo +memory +pids > /sys/fs/cgroup/cgroup.subtree_control
        mkdir /sys/fs/cgroup/around && echo 60 > /sys/fs/cgroup/around/pids.max
        sh -c 'echo $$ > /sys/fs/cgroup/around/cgroup.procs && exec buildguard run --quiet --processes 100 -- sh /tmp/command'
        echo "code $?"
        """)
        .Says("fork").Says("goes on").Says("code 0").NeverSays("BG3002");

    [TestMethod]
    public void DaemonsAreEndedAndNamed() => Run("""
        buildguard run -- sh -c 'setsid sleep 1000 & (env -i setsid sleep 1000 >/dev/null 2>&1 &) ; exit 3'
        echo "code $? sleeping $(sleeping) groups $(groups)"
        """)
        .Says("code 3 sleeping 0 groups 0").Says("BG4001").Says("ended 2 orphans");

    [TestMethod]
    public void AKeptProcessLivesOnOutsideTheGroup() => Run("""
        bg --keep sleep -- sh -c 'setsid sleep 1000 & until grep -qx sleep /proc/$!/comm; do :; done'
        echo "code $? sleeping $(sleeping) groups $(groups)"
        """)
        .Says("code 0 sleeping 1 groups 0");

    [TestMethod]
    public void AFrozenGroupDiesToo() => Run("""
        bg --timeout 1s -- sh -c 'sleep 1000 & echo 1 > /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/cgroup.freeze; sleep 1000'
        echo "code $? sleeping $(sleeping) groups $(groups)"
        """)
        .Says("code 124 sleeping 0 groups 0");

    [TestMethod]
    public void AStoppedTreeDiesToo() => Run("""
        BUILDGUARD_GRACE=1s bg --timeout 1s -- sh -c 'sleep 1000 & kill -STOP $!; kill -STOP $$'
        echo "code $? sleeping $(sleeping) groups $(groups)"
        """)
        .Says("code 124 sleeping 0 groups 0");

    [TestMethod]
    public void ThreeDeepTheInnerLimitNeverExceedsTheOuter() => Run("""
        bg --memory 60M -- buildguard run --quiet --memory 200M -- buildguard run --quiet --memory 300M --report /tmp/r -- sh -c 'cat /proc/self/cgroup; dd if=/dev/zero of=/dev/null bs=150M count=1'
        echo "code $? groups $(groups)"
        """)
        .Says("code 137 groups 0").Says("BG3001");

    [TestMethod]
    public void TenTimesInARowAndNestedLeavesNoGroup() => Run("""
        for i in 1 2 3 4 5 6 7 8 9 10; do bg -- buildguard run --quiet -- true || echo failed; done
        echo "groups $(groups)"
        """)
        .Says("groups 0").NeverSays("failed");

    [TestMethod]
    public void WhatAKilledHolderLeftIsEndedByTheNext() => Run("""
        buildguard run --quiet -- sh -c 'env -i setsid sleep 1000 & setsid sleep 1000 & sleep 1000' &
        until_sleeping 3
        kill -9 $!
        buildguard run -- echo the next runs
        echo "code $? sleeping $(sleeping) groups $(groups)"
        """)
        .Says("the next runs").Says("code 0 sleeping 0 groups 0").Says("BG4001");

    [TestMethod]
    public void AReadOnlyHierarchyIsRefusedWithItsReason() => Run("""
        mount -o remount,ro /sys/fs/cgroup
        buildguard doctor
        bg --report /tmp/r -- sh -c 'setsid sleep 1000 & exit 4'
        echo "code $? sleeping $(sleeping)"
        cat /tmp/r
        """)
        .Says("not cgroupV2: /sys/fs/cgroup is mounted read-only").Says("code 4 sleeping 0").Says("\"containment\": \"bare\"");

    [TestMethod]
    public void AUserWithoutADelegatedGroupIsToldWhy() => Run("""
        su user -c 'BUILDGUARD_STATE_DIR=/tmp/user buildguard doctor; BUILDGUARD_STATE_DIR=/tmp/user buildguard run --quiet --report /tmp/r -- true'
        cat /tmp/r
        """)
        .Says("not cgroupV2: /sys/fs/cgroup belongs to another user and is not delegated to this one").Says("\"containment\": \"bare\"");

    [TestMethod]
    public void AUserWithADelegatedGroupHasTheBestRung() => Run(Delegated + """
        su user -c 'echo 0 > /sys/fs/cgroup/user/cgroup.procs; export BUILDGUARD_STATE_DIR=/tmp/user; exec buildguard run --memory 40M --report /tmp/r -- sh -c "setsid sleep 1000 & x=a; while :; do x=\$x\$x; done"'
        echo "code $? sleeping $(sleeping) groups $(groups)"
        cat /tmp/r
        """)
        .Says("code 137 sleeping 0 groups 0").Says("BG3001").Says("\"containment\": \"cgroupV2\"");

    [TestMethod]
    public void AGroupThatHoldsOtherProcessesIsRefusedWithItsReason() => Run(Delegated + """
        sleep 1000 &
        echo $! > /sys/fs/cgroup/user/cgroup.procs
        su user -c 'echo 0 > /sys/fs/cgroup/user/cgroup.procs; export BUILDGUARD_STATE_DIR=/tmp/user; buildguard doctor; buildguard run --quiet --report /tmp/r -- true'
        cat /tmp/r
        """)
        .Says("not cgroupV2: /sys/fs/cgroup/user holds other processes").Says("EBUSY").Says("\"containment\": \"bare\"");

    [TestMethod]
    public void AGroupThatMayHaveNoneBelowIsAnErrorAndNothingIsRun() => Run("""
        echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
        mkdir /sys/fs/cgroup/full
        echo 0 > /sys/fs/cgroup/full/cgroup.max.descendants
        sh -c 'echo 0 > /sys/fs/cgroup/full/cgroup.procs; exec buildguard run -- touch /tmp/ran'
        echo "code $? ran $(ls /tmp/ran | wc -l) groups $(groups)"
        """)
        .Says("error BG4004: no command can be started contained: ").Says("/sys/fs/cgroup/full").Says("resource temporarily unavailable").Says("code 125 ran 0 groups 0");

    [TestMethod]
    public void NestedInAContainerWhoseGroupTheMountDoesNotShowItIsRefusedWithItsReason() => Run("""
        mkdir /tmp/seen /sys/fs/cgroup/outside /sys/fs/cgroup/inside
        sh -c 'echo 0 > /sys/fs/cgroup/outside/cgroup.procs
            unshare -m sh -c "mount --bind /sys/fs/cgroup/inside /tmp/seen && umount /sys/fs/cgroup && mount --move /tmp/seen /sys/fs/cgroup; buildguard doctor; buildguard run --quiet --report /tmp/r -- true"'
        cat /tmp/r
        """)
        .Says("not cgroupV2: the mounted cgroup2 hierarchy does not show the group that this process stands in").Says("give the container its own cgroup namespace")
        .Says("\"containment\": \"bare\"");

    [TestMethod]
    public void WithoutAMountThereIsNoneAndDoctorSaysSo() => Run("""
        umount /sys/fs/cgroup
        buildguard doctor || true
        """)
        .Says("not cgroupV2: cgroup version 2 is not mounted").Says("not systemdScope: systemd does not run here")
        .Says("not cgroupV1: the memory controller is not mounted as version 1");

    [TestMethod]
    public void AContainerWithoutSystemdIsCalledThat() => Run("""
        mkdir -p /run && touch /run/.containerenv
        mount -o remount,ro /sys/fs/cgroup
        buildguard doctor || true
        """)
        .Says("not systemdScope: this container runs without systemd");

    [TestMethod]
    public void AControllerThatIsNotHandedOnIsNamed() => Run("""
        echo '+memory' > /sys/fs/cgroup/cgroup.subtree_control
        mkdir /sys/fs/cgroup/half
        sh -c 'echo 0 > /sys/fs/cgroup/half/cgroup.procs; buildguard doctor; buildguard run --quiet --report /tmp/r -- true'
        cat /tmp/r
        """)
        .Says("not cgroupV2: the pids controller is not available in /sys/fs/cgroup/half").Says("Delegate=memory pids")
        .Says("\"containment\": \"bare\"");

    private const string Delegated = """
        echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
        mkdir /sys/fs/cgroup/user
        for f in '' /cgroup.procs /cgroup.subtree_control /cgroup.threads; do chown user /sys/fs/cgroup/user$f; done
        chmod 666 /sys/fs/cgroup/cgroup.procs

        """;

    private static Result Run(string script) => GuestMachine.Run(Functions + script).Succeeds();

    private static long Number(Result result, string pattern) => long.Parse(Regex.Match(result.Output, pattern).Groups[1].Value);
}
