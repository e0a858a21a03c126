#!/bin/sh
# Picks up the statements that appear in a folder and archives them: statement-watcher.sh FOLDER SECONDS
# It is meant to run as a daemon. SECONDS bounds its life, whoever forgets it.
folder=$1
left=$2
mkdir -p "$folder/archive"
while [ "$left" -gt 0 ]; do
    for statement in "$folder"/*.statement; do
        [ -e "$statement" ] && mv "$statement" "$folder/archive/"
    done
    sleep 1
    left=$((left - 1))
done
