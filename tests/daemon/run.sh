#!/bin/bash
# Runs the end-to-end tests with a real dockerd, as root: `run.sh` all of them, `run.sh NAME...` some. What is
# missing on the machine is a failure, never a skip. DRYDOCK_BINARY and DRYDOCK_SAMPLES_BINARY name the
# programs, else those below build/dev are taken; DRYDOCK_DAEMON_TMP the folder for the stores (/var/tmp);
# DRYDOCK_DAEMON_KEEP=1 keeps them.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ $# = 0 ]; then
    set -- used_store planted repair containers databases killed_store room power_cut native_diff userns
fi
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

passed=0
failed=0
for name in "$@"; do
    start=$SECONDS
    bash "$here/$name.sh" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    # The last line of a script is its own count; one that did not get there has failed.
    if [[ $(tail -n 1 "$log") =~ ^"$name: "([0-9]+)" passed, "([0-9]+)" failed"$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
    else
        echo "FAIL $name: it did not reach its end (status $status)"
        failed=$((failed + 1))
    fi
    echo "     $name took $((SECONDS - start)) s"
done
echo "daemon: $passed passed, $failed failed"
[ "$failed" = 0 ]
