using System.Runtime.CompilerServices;

namespace BuildGuard.Integration.Guest;

/// <summary>Containment in a scope that systemd makes: for an ordinary user, and for root where the group is not his own.</summary>
[TestClass]
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
            bg --processes 20 -- sh /tmp/bomb
            echo "code $? left $(ps | grep -c '[/]tmp/bomb')"
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
            manager=$(pgrep -u user -f 'systemd --user')
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
        [nameof(RootMeasuresWhatARunCosts)] = """
            cat > /tmp/cost <<'END'
            export BUILDGUARD_STATE_DIR=/tmp/cost-$1 BUILDGUARD_CONTAINMENT=$1
            buildguard run --quiet -- true
            a=$(cut -d' ' -f1 /proc/uptime)
            for i in 1 2 3 4 5 6 7 8 9 10; do buildguard run --quiet -- true || echo failed; done
            echo "$1: ten runs from $a to $(cut -d' ' -f1 /proc/uptime)"
            END
            sh /tmp/cost systemdScope
            sh /tmp/cost bare
            gone
            """,
    };

    private static readonly Lazy<SystemdMachine> s_machine = new(() => new SystemdMachine(
        s_scripts.ToDictionary(script => script.Key, script => Functions + script.Value)));

    [TestMethod]
    public void ItIsTheRungOfAnOrdinaryUserAndAllSaySo() => Debug();
    [TestMethod] public void AMemoryLimitEndsTheTreeAndNeverTheGuard() => Debug();
    [TestMethod] public void AForkBombIsEnded() => Debug();
    [TestMethod] public void ATimeoutEndsWhatIgnoresTheRequest() => Debug();
    [TestMethod] public void DaemonsAreEndedAndNamed() => Debug();
    [TestMethod] public void WhatAKilledHolderLeftIsEndedByTheNext() => Debug();
    [TestMethod] public void TenTimesThreeDeepNoScopeIsLeft() => Debug();
    [TestMethod] public void ThreeDeepTheInnerLimitNeverExceedsTheOuter() => Debug();
    [TestMethod] public void ForcedItHoldsForNestedOnesInTheSameScope() => Debug();
    [TestMethod] public void AManagerThatIsStoppedIsGivenUp() => Debug();
    [TestMethod] public void RootInALoginTakesAScopeOfTheMachinesManager() => Debug();
    [TestMethod] public void RootTakesTheLimitsOfItsGroupAlong() => Debug();
    [TestMethod] public void RootEndsAnOperationWithTheServiceItStandsIn() => Debug();
    [TestMethod] public void RootInAServiceOfAnotherManagerLeavesTheUserToldWhy() => Debug();
    [TestMethod] public void RootToldThatAUserHasNoManager() => Debug();
    [TestMethod] public void RootMeasuresWhatARunCosts() => Debug();

    private static void Debug([CallerMemberName] string script = "")
    {
        Result result = s_machine.Value.Of(script);
        File.WriteAllText("/tmp/sd-" + script, result.ToString());
    }
}
