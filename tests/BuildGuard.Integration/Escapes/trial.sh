# Lets one command try to get away, and says in one line what came of it. POSIX shell, for the guest machine's busybox too.
#
#   trial.sh run NAME [OPTION...]      the command makes its escape and ends
#   trial.sh killed NAME [OPTION...]   the guard is killed when the escape is made; the next run under the same lock looks
#
# The script of that name is in $TRIALS, acrobat and buildguard are in the path. What the scripts know: $S, the token, which
# whatever they start has in its command line; $NS, the first process of a PID namespace that was there before, and $ENTER, how
# a command is started in there; $T, a directory; await N, which waits until N processes are there; left,
# after which the escape is made.
how=$1 name=$2
shift 2
NS=
S=1000.$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
T=$(mktemp -d "${TMPDIR:-/tmp}/trial.XXXXXX")
export S T how ACROBAT_PIDS="$T/pids" BUILDGUARD_STATE_DIR="$T/state" BUILDGUARD_PREFLIGHT=off
touch "$T/pids"

cat > "$T/script" <<'END'
await() { tries=0; until [ "$(acrobat remains "$S" "$T/pids" | wc -l)" -ge "$1" ]; do tries=$((tries+1)); [ $tries -lt 600 ] || exit 99; sleep 0.05; done; }
left() { touch "$T/made"; [ "$how" = run ] && exit 0; exec sleep "$S"; }
echo "$BUILDGUARD_LEASE" > "$T/lease"
END
cat "$TRIALS/$name" >> "$T/script"
if grep -Eq '\$(NS|ENTER)' "$TRIALS/$name"; then
    [ "$(id -u)" = 0 ] && own='' || own='--user --map-root-user'
    unshare $own --pid --fork sh -c 'read -r pid _ < /proc/self/stat; echo $pid > $T/ns; exec sleep 300' 2> "$T/errors" &
    until [ -s "$T/ns" ] || ! kill -0 $!; do :; done
    NS=$(cat "$T/ns") || { echo "@ $name code=96 remaining=0 groups=0 orphans=0 outcome= rung="; cat "$T/errors"; exit; }
    [ -n "$own" ] && ENTER="nsenter -t $NS -U -p --preserve-credentials" || ENTER="nsenter -t $NS -p"
    export NS ENTER
fi
if [ "$how" = run ]; then
    buildguard run --report "$T/report" "$@" -- sh "$T/script" > "$T/out" 2> "$T/errors" < /dev/null
    code=$?
else
    buildguard run "$@" -- sh "$T/script" > "$T/out" 2> "$T/errors" < /dev/null &
    tries=0
    until [ -e "$T/made" ]; do tries=$((tries+1)); [ $tries -lt 1200 ] && kill -0 $! || break; sleep 0.05; done
    kill -9 $!

    # What the next one sees when its turn comes.
    buildguard run --report "$T/report" "$@" -- sh -c 'acrobat remains $S $T/pids > $T/seen' 2>> "$T/errors" < /dev/null
    code=$?
    [ -e "$T/made" ] && [ ! -s "$T/seen" ] || code="$code,seen:$(wc -l < "$T/seen")"
fi
remaining=$(acrobat remains "$S" "$T/pids" | wc -l)
lease=$(tr / . < "$T/lease")
groups=$(find /sys/fs/cgroup -type d -name "buildguard-*$lease*" | wc -l)
orphans=$(grep -c '"event":"orphan"' "$T/state/audit/audit.jsonl")
said() { sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" "$T/report" | head -n 1; }
echo "@ $name code=$code remaining=$remaining groups=$groups orphans=$orphans outcome=$(said outcome) rung=$(said containment)"
cat "$T/out" "$T/errors"

# For a trial that failed; and what a command made for itself outside of the guard's groups is not the guard's to remove.
acrobat remains "$S" "$T/pids" | while read -r pid _; do [ "$pid" = one ] || kill -9 "$pid"; done
[ -z "$NS" ] || kill -9 "$NS"
find /sys/fs/cgroup -depth -type d -name "*$S" -exec rmdir {} \; 2>/dev/null
rm -rf "$T"
