#!/usr/bin/env bash
# Writes order.txt: the functions that `buildguard run` and `buildguard session` go through, in the order of their first
# call. The native helper is laid out in that order (see BuildGuard.Cli.csproj), so that what a start touches lies
# together. Needs valgrind, binutils and what the native helper needs. A stale list costs time, nothing else: names that
# are gone are passed over.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet publish .. -r linux-x64 -c Release -p:PublishAot=true -p:CppCompilerAndLinker=gcc -p:StaticExecutable=true -p:StripSymbols=false -o "$work/publish"

# valgrind cannot read what the compiler writes about lines; the names of the functions are enough.
objcopy --strip-debug "$work/publish/buildguard" "$work/buildguard"

record() {
    BUILDGUARD_STATE_DIR=$work/state BUILDGUARD_PREFLIGHT=off \
        valgrind --tool=lackey --trace-mem=yes --trace-children=yes --log-file="$work/trace.$1.%p" "${@:2}" < /dev/null > /dev/null 2>&1
}
record 1 "$work/buildguard" run true
record 2 "$work/buildguard" run "$work/buildguard" run true
record 3 "$work/buildguard" session || true

# As an Exec has it: started ahead of time, asked through a FIFO.
mkfifo "$work/fifo"
exec 3<> "$work/fifo"
arguments=(--with-parent --kind exec --messages "$work/messages" --label 'Project: Exec' --property MaxMemory=8G -- true)
{ printf '/\0%d\0' "${#arguments[@]}"; printf '%s\0' "${arguments[@]}"; printf '%s\0' PATH="$PATH" BUILDGUARD_STATE_DIR="$work/state" BUILDGUARD_PREFLIGHT=off; } > "$work/request"
length=$(stat -c %s "$work/request")
printf "$(printf '\\x%02x\\x%02x\\0\\0' $((length & 255)) $((length >> 8)))" | cat - "$work/request" >&3
record 5 "$work/buildguard" run --standby "$work/fifo"
exec 3>&-

# One that waits, behind a holder that is not looked at. What it does with a parked process is not seen: valgrind knows no clone3(2).
BUILDGUARD_STATE_DIR=$work/state BUILDGUARD_PREFLIGHT=off "$work/buildguard" run sleep 15 < /dev/null &
until BUILDGUARD_STATE_DIR=$work/state "$work/buildguard" status --json | grep -q '"operation"'; do sleep 0.1; done
record 4 "$work/buildguard" run true
wait

# Addresses are compared as text: sixteen digits each.
read -r low size < <(readelf -SW "$work/buildguard" | sed -nE 's/.* __managedcode +PROGBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) .*/\1 \2/p')
high=$(printf '%016x' $((16#$low + 16#$size)))
nm -n "$work/buildguard" | awk '$2 ~ /[tT]/ { print "F", $1, $3 }' > "$work/functions"
cat "$work"/trace.?.* | awk '$1 == "I" { sub(/,.*/, "", $2); if (!seen[$2]++) print "I", substr("0000000000000000" $2, length($2) + 1) }' > "$work/fetches"
awk -v low="$low" -v high="$high" '
    { at = $2 "" ; if (at < low || at >= high) next }
    $1 == "F" { if (at != address[n]) address[++n] = at; names[n] = names[n] $3 "\n"; next }
    { i = 1; j = n; while (i < j) { m = int((i + j + 1) / 2); if (address[m] <= at) i = m; else j = m - 1 }
      if (!done[i]++) printf "%s", names[i] }' "$work/functions" "$work/fetches" > order.txt
wc -l order.txt
