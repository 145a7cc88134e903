#!/bin/sh
# tests/campaign.sh [SECONDS]: what takes too long for every change. All tests under the sanitizers, those
# with a real daemon too, then each fuzz target for SECONDS (600). Ends with "N passed, N failed".
set -eu

cd "$(dirname "$0")/.."
seconds=${1:-600}
logs=build/campaign
mkdir -p "$logs"
: >"$logs/total"

packaging/ensure-packages.sh packaging/build-packages.txt packaging/test-packages.txt packaging/ci-packages.txt

# Transactions stopped after every single call; in the suites after some.
cmake --preset dev
cmake --build --preset dev --target drydock_faults_tests
DRYDOCK_FAULTS_EVERY=1 build/dev/tests/faults/drydock_faults_tests 2>&1 | tee "$logs/faults"
awk -f tests/tally.awk "$logs/faults" >>"$logs/total"

for preset in asan tsan; do
    cmake --workflow --preset "$preset" 2>&1 | tee "$logs/$preset"
    awk -f tests/tally.awk "$logs/$preset" >>"$logs/total"
    DRYDOCK_BINARY=$PWD/build/$preset/drydock bash tests/daemon/run.sh 2>&1 | tee "$logs/$preset-daemon"
    sed -n 's/^daemon: \([0-9]* passed, [0-9]* failed\)$/\1/p' "$logs/$preset-daemon" >>"$logs/total"
done

# New inputs stay below build/, so that a corpus only grows by hand.
cmake --preset fuzz
cmake --build --preset fuzz --target fuzz_targets
for source in tests/fuzz/*_fuzz.cpp; do
    name=$(basename "$source" _fuzz.cpp)
    mkdir -p "$logs/corpus/$name"
    if build/fuzz/tests/fuzz/fuzz_"$name" -max_total_time="$seconds" -artifact_prefix="$logs/$name-" \
        "$logs/corpus/$name" tests/fuzz/corpus/"$name" 2>"$logs/fuzz-$name"; then
        echo "1 passed, 0 failed" >>"$logs/total"
    else
        tail -n 20 "$logs/fuzz-$name"
        echo "0 passed, 1 failed" >>"$logs/total"
    fi
    grep -o 'Done [0-9]* runs.*' "$logs/fuzz-$name" | sed "s/^/$name: /" || true
done
sum=$(awk -f tests/tally.awk "$logs/total")
echo "$sum"
case $sum in
*", 0 failed") exit 0 ;;
*) exit 1 ;;
esac
