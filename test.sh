#!/bin/sh
# ./test.sh: builds drydock and its tests and runs all of them. The last line is "N passed, N failed";
# the status is 0 only if none failed. Installs what is missing, as root or with sudo.
set -eu

cd "$(dirname "$0")"

finish() {
    echo "$1"
    case $1 in
    *", 0 failed") exit 0 ;;
    *) exit 1 ;;
    esac
}

packaging/ensure-packages.sh packaging/build-packages.txt packaging/test-packages.txt
packaging/build.sh dev || finish "0 passed, 1 failed"

logs=build/dev/logs
mkdir -p "$logs"

# ctest's status says no more than its output does, which the tally reads.
ctest --preset dev 2>&1 | tee "$logs/ctest"
awk -f tests/tally.awk "$logs/ctest" >"$logs/total"

if [ -f tests/daemon/run.sh ]; then
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    { $sudo bash tests/daemon/run.sh 2>&1 || echo "status $?"; } | tee "$logs/daemon"
    # Its own sum; without one it stopped on the way.
    sed -n 's/^daemon: \([0-9]* passed, [0-9]* failed\)$/\1/p' "$logs/daemon" >"$logs/daemon-total"
    [ -s "$logs/daemon-total" ] || echo "0 passed, 1 failed" >"$logs/daemon-total"
    cat "$logs/daemon-total" >>"$logs/total"
fi

finish "$(awk -f tests/tally.awk "$logs/total")"
