#!/bin/sh
# samples/demo.sh DRYDOCK: makes a small store in a temporary folder, plants three damages in it and
# shows what check, repair and undo do with them. Needs root for device nodes and owners. drydock-samples lies beside
# DRYDOCK, or is named by DRYDOCK_SAMPLES_BINARY. Nothing outside the temporary folder is touched.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DRYDOCK" >&2
    exit 16
fi
drydock=$1
tool=${DRYDOCK_SAMPLES_BINARY:-$(dirname "$drydock")/drydock-samples}
here=$(cd "$(dirname "$0")" && pwd)

if [ "$(id -u)" -ne 0 ]; then
    exec sudo DRYDOCK_SAMPLES_BINARY="$tool" "$0" "$drydock"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
store=$work/docker

"$tool" make "$store"
for damage in layer/diff-empty driver/short-link-missing store/power-cut; do
    "$tool" damage "$store" "$here/$damage.recipe" --places "$work/places"
done

# What the command before `||` ends with is its exit status.
run() {
    echo
    echo "\$ drydock $*"
    status=0
    "$drydock" "$@" || status=$?
    echo "(exit status $status)"
}

echo "A small Docker store is in $store. Three things were broken in it: an empty file in a layer"
echo "record, a lost short link, and the bytes of two layers after a power cut."
run check "$store"
run repair --yes "$store"
run check "$store"
run undo --yes "$store"
run check --quiet "$store"
echo
echo "Exit status, a sum: 1 damage was corrected, 4 damage is left. The folder is removed again."
