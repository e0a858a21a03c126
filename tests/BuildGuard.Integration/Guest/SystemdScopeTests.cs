using System.Runtime.CompilerServices;

namespace BuildGuard.Integration.Guest;

/// <summary>Containment in a scope that systemd makes: for an ordinary user, and for root where the group is not his own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SystemdScopeTests
{
    /// <summary>Functions that the scripts use.</summary>
    private const string Functions = """
        bg() { buildguard run --quiet "$@"; }
        await() { n=0; until eval "$1"; do n=$((n+1)); [ $n -gt 400 ] && { echo "never: $1"; return 1; }; usleep 50000; done; }
        sleeping() { for p in /proc/[0-9]*; do tr '\0' ' ' 2>/dev/null < $p/cmdline | grep -q '^sleep 1000' && echo x; done | wc -l; }
        gone() { await '[ $(find /sys/fs/cgroup -type d -name "buildguard*" | wc -l) = 0 ]' && echo 'no group is left'; }

        """;

    private static readonly Dictionary<string, string> s_scripts = new()
    {
        [nameof(ItIsTheRungOfAnOrdinaryUserAndAllSaySo)] = """
            buildguard doctor
            bg --report /tmp/r -- sh -c 'cat /proc/self/cgroup; buildguard status --json | grep containment; cut -d" " -f5,6 /proc/$PPID/stat'
            cut -d' ' -f5,6 /proc/$$/stat
            cat /tmp/r
            buildguard log --json
            gone
            """,
        [nameof(AMemoryLimitEndsTheTreeAndNeverTheGuard)] = """
            bg --memory 40M -- sh -c 'sleep 1000 & x=a; while :; do x=$x$x; done'
            echo "code $? sleeping $(sleeping)"
            gone
            """,
        [nameof(AForkBombIsEnded)] = """
            echo 'bomb() { bomb | bomb & }; bomb; wait; sleep 1000' > /tmp/bomb
            bg --processes 20 -- sh /tmp/bomb 2> /tmp/said
            echo "code $? left $(ps | grep -c '[/]tmp/bomb')"
            grep BG /tmp/said
            gone
            """,
        [nameof(ATimeoutEndsWhatIgnoresTheRequest)] = """
            BUILDGUARD_GRACE=1s bg --timeout 1s -- sh -c 'trap "" TERM; sleep 1000 & wait; sleep 1000'
            echo "code $? sleeping $(sleeping)"
            gone
            """,
        [nameof(DaemonsAreEndedAndNamed)] = """
            buildguard run -- sh -c 'setsid sleep 1000 & (env -i setsid sleep 1000 >/dev/null 2>&1 &) ; exit 3'
            echo "code $? sleeping $(sleeping)"
            gone
            """,
        [nameof(WhatAKilledHolderLeftIsEndedByTheNext)] = """
            buildguard run --quiet -- sh -c 'env -i setsid sleep 1000 & setsid sleep 1000 & sleep 1000' &
            await '[ $(sleeping) = 3 ]'
            kill -9 $!
            buildguard run -- echo the next runs
            echo "code $? sleeping $(sleeping)"
            gone
            """,
        [nameof(TenTimesThreeDeepNoScopeIsLeft)] = """
            for i in 1 2 3 4 5 6 7 8 9 10; do bg -- buildguard run --quiet -- buildguard run --quiet -- true || echo failed; done
            bg -- sh -c 'buildguard run --quiet -- cat /proc/self/cgroup; find /sys/fs/cgroup -type d -name "buildguard-*-holder.scope" | wc -l | sed s/^/scopes:/'
            gone
            XDG_RUNTIME_DIR=/run/user/1000 systemctl --user list-units --all --plain --no-legend 'buildguard*' | wc -l | sed 's/^/units:/'
            """,
        [nameof(ThreeDeepTheInnerLimitNeverExceedsTheOuter)] = """
            bg --memory 60M -- buildguard run --quiet --memory 200M -- buildguard run --quiet --memory 300M -- dd if=/dev/zero of=/dev/null bs=150M count=1
            echo "code $?"
            gone
            """,
        [nameof(ForcedItHoldsForNestedOnesInTheSameScope)] = """
            export BUILDGUARD_CONTAINMENT=systemdScope
            bg --report /tmp/r1 -- buildguard run --quiet --report /tmp/r2 -- sh -c 'find /sys/fs/cgroup -type d -name "buildguard-*-holder.scope" | wc -l | sed s/^/scopes:/'
            cat /tmp/r1 /tmp/r2
            gone
            """,
        [nameof(AManagerThatIsStoppedIsGivenUp)] = """
            manager=$(for p in /proc/[0-9]*; do tr '\0' ' ' 2>/dev/null < $p/cmdline | grep -q '^/lib/systemd/systemd --user' && echo ${p#/proc/}; done)
            kill -STOP $manager
            buildguard doctor
            bg --report /tmp/r -- sh -c 'setsid sleep 1000 & exit 4'
            echo "code $? sleeping $(sleeping)"
            cat /tmp/r
            BUILDGUARD_CONTAINMENT=systemdScope bg -- echo not run
            echo "code $?"
            kill -CONT $manager
            bg --report /tmp/r -- true
            echo "again $(grep containment /tmp/r)"
            gone
            """,
        [nameof(TheBusServesWhereTheManagersOwnSocketIsNotThere)] = """
            export XDG_RUNTIME_DIR=/run/user/1000
            systemctl --user start dbus.service
            mv $XDG_RUNTIME_DIR/systemd/private $XDG_RUNTIME_DIR/systemd/hidden
            buildguard doctor
            bg --memory 40M --report /tmp/bus -- sh -c 'cat /proc/self/cgroup; sleep 1000 & x=a; while :; do x=$x$x; done'
            echo "code $? sleeping $(sleeping)"
            cat /tmp/bus
            gone
            mv $XDG_RUNTIME_DIR/systemd/hidden $XDG_RUNTIME_DIR/systemd/private
            """,
        [nameof(RootLeavesAnOperationToAServiceThatStopsItsMainProcessAlone)] = """
            systemd-run --quiet --unit=loose.service -p KillMode=process -E BUILDGUARD_STATE_DIR=$BUILDGUARD_STATE_DIR -E BUILDGUARD_PREFLIGHT=off -E PATH=$PATH sh -c 'sleep 999 & buildguard run --report /tmp/r -- sleep 1000 & wait'
            await '[ $(sleeping) = 1 ]' && echo "the scopes: $(find /sys/fs/cgroup -name 'buildguard-*-holder.scope' | wc -l)"
            systemctl stop loose.service
            echo "stopped: $(systemctl is-active loose.service) sleeping $(sleeping)"
            buildguard stop --yes
            await '[ $(sleeping) = 0 ]' && echo ended
            gone
            """,
        [nameof(RootIsToldThatTheManagersSocketIsHidden)] = """
            mv /run/systemd/private /run/systemd/hidden
            buildguard doctor
            mv /run/systemd/hidden /run/systemd/private
            """,
        [nameof(RootInALoginTakesAScopeOfTheMachinesManager)] = """
            buildguard doctor
            bg --memory 40M --report /tmp/r -- sh -c 'cat /proc/self/cgroup; x=a; while :; do x=$x$x; done'
            echo "code $?"
            cat /tmp/r
            gone
            """,
        [nameof(RootTakesTheLimitsOfItsGroupAlong)] = """
            systemd-run --quiet --scope --slice=user-0.slice -p MemoryMax=64M -p TasksMax=300 sh -c 'buildguard run --quiet --memory 500M -- sh -c "cd /sys/fs/cgroup/user.slice/user-0.slice/buildguard-*-holder.scope; cat memory.max pids.max; dd if=/dev/zero of=/dev/null bs=150M count=1"; echo "code $?"'
            gone
            """,
        [nameof(RootEndsAnOperationWithTheServiceItStandsIn)] = """
            systemd-run --quiet --unit=ci.service -E BUILDGUARD_STATE_DIR=$BUILDGUARD_STATE_DIR -E BUILDGUARD_PREFLIGHT=off -E PATH=$PATH sh -c 'sleep 999 & buildguard run --report /tmp/r -- sleep 1000; exit 0'
            await '[ $(sleeping) = 1 ]' && echo "the scopes: $(find /sys/fs/cgroup -name 'buildguard-*-holder.scope' | wc -l)"
            systemctl stop ci.service
            await '[ $(sleeping) = 0 ]' && echo stopped
            gone
            """,
        [nameof(RootInAServiceOfAnotherManagerLeavesTheUserToldWhy)] = """
            systemd-run --quiet --wait --pipe --unit=foreign.service -p User=user -E BUILDGUARD_STATE_DIR=/tmp/foreign -E PATH=$PATH sh -c 'buildguard doctor; true'
            """,
        [nameof(RootToldThatAUserHasNoManager)] = """
            su other -c 'BUILDGUARD_STATE_DIR=/tmp/other buildguard doctor'
            true
            """,
    };

    private static readonly Lazy<SystemdMachine> s_machine = new(() => new SystemdMachine(
        s_scripts.ToDictionary(script => script.Key, script => Functions + script.Value)));

    [TestMethod]
    public void ItIsTheRungOfAnOrdinaryUserAndAllSaySo()
    {
        Result said = Said().Says("Containment\n  systemdScope\n")
            .Says("not cgroupV2: /sys/fs/cgroup/user.slice/user-1000.slice/session-ItIsTheRungOfAnOrdinaryUserAndAllSaySo.scope belongs to another user")
            .Says("-holder.scope/buildguard-").Says("\"containment\": \"systemdScope\"").Says("\"containment\":\"systemdScope\"").Says("no group is left");

        // Process group and session of the guard are those of the shell that started it.
        List<string> groups = [.. said.Lines.Where(line => line.Length > 0 && line.All(c => char.IsAsciiDigit(c) || c == ' '))];
        Assert.HasCount(2, groups, said.ToString());
        Assert.AreEqual(groups[1], groups[0]);
    }

    [TestMethod]
    public void AMemoryLimitEndsTheTreeAndNeverTheGuard() =>
        Said().Says("error BG3001").Says("code 137 sleeping 0").Says("no group is left");

    [TestMethod]
    public void AForkBombIsEnded() => Said().Says("error BG3002").Says("code 137 left 0").Says("no group is left");

    [TestMethod]
    public void ATimeoutEndsWhatIgnoresTheRequest() => Said().Says("error BG3003").Says("code 124 sleeping 0").Says("no group is left");

    [TestMethod]
    public void DaemonsAreEndedAndNamed() => Said().Says("BG4001: ended 2 orphans").Says("code 3 sleeping 0").Says("no group is left");

    [TestMethod]
    public void WhatAKilledHolderLeftIsEndedByTheNext() =>
        Said().Says("BG1002").Says("BG4001").Says("the next runs").Says("code 0 sleeping 0").Says("no group is left");

    [TestMethod]
    public void TenTimesThreeDeepNoScopeIsLeft() =>
        Said().NeverSays("failed").Says("scopes:1").Says("no group is left").Says("units:0");

    [TestMethod]
    public void ThreeDeepTheInnerLimitNeverExceedsTheOuter() => Said().Says("BG3001: memory limit of 60M").Says("code 137").Says("no group is left");

    [TestMethod]
    public void ForcedItHoldsForNestedOnesInTheSameScope()
    {
        Result said = Said().Says("scopes:1").Says("no group is left");
        Assert.AreEqual(2, said.CountOf("\"containment\": \"systemdScope\""), said.ToString());
    }

    [TestMethod]
    public void AManagerThatIsStoppedIsGivenUp() => Said()
        .Says("not systemdScope: the systemd manager behind /run/user/1000/systemd/private: it did not answer within 2 s")
        .Says("code 4 sleeping 0").Says("\"containment\": \"bare\"")
        .Says("error BG4002: BUILDGUARD_CONTAINMENT=systemdScope asks for a containment that cannot be had here").NeverSays("not run")
        .Says("code 125").Says("again   \"containment\": \"systemdScope\"").Says("no group is left");

    [TestMethod]
    public void TheBusServesWhereTheManagersOwnSocketIsNotThere() => Said()
        .Says("Containment\n  systemdScope\n").Says("-holder.scope/buildguard-").Says("error BG3001").Says("code 137 sleeping 0")
        .Says("\"containment\": \"systemdScope\"").Says("no group is left");

    [TestMethod]
    public void RootLeavesAnOperationToAServiceThatStopsItsMainProcessAlone() => Said()
        .Says("the scopes: 1").Says("stopped: inactive sleeping 1").Says("ended").Says("no group is left");

    [TestMethod]
    public void RootIsToldThatTheManagersSocketIsHidden() => Said()
        .Says("not systemdScope: systemd runs here, but its socket /run/systemd/private is not to be seen").Says("make /run/systemd visible here");

    [TestMethod]
    public void RootInALoginTakesAScopeOfTheMachinesManager() => Said()
        .Says("not cgroupV2: /sys/fs/cgroup/user.slice/user-0.slice/session-RootInALoginTakesAScopeOfTheMachinesManager.scope holds other processes")
        .Says("0::/user.slice/user-0.slice/buildguard-").Says("error BG3001").Says("code 137")
        .Says("\"containment\": \"systemdScope\"").Says("no group is left");

    [TestMethod]
    public void RootTakesTheLimitsOfItsGroupAlong() => Said().Says("\n67108864\n300\n").Says("BG3001").Says("code 137").Says("no group is left");

    [TestMethod]
    public void RootEndsAnOperationWithTheServiceItStandsIn() => Said().Says("the scopes: 1").Says("stopped").Says("no group is left");

    [TestMethod]
    public void RootInAServiceOfAnotherManagerLeavesTheUserToldWhy() => Said()
        .Says("Containment\n  bare\n").Says("not systemdScope: this process belongs to foreign.service, which another manager runs");

    [TestMethod]
    public void RootToldThatAUserHasNoManager() => Said()
        .Says("Containment\n  bare\n").Says("not systemdScope: no systemd manager runs for user 1001").Says("loginctl enable-linger");

    private static Result Said([CallerMemberName] string script = "")
    {
        SystemdMachine.RequireMachine();
        return s_machine.Value.Of(script);
    }
}
