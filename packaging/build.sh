#!/bin/sh
# build.sh PRESET: configures and builds build/PRESET; quick and silent when nothing is to be done.
set -eu

preset=$1
cd "$(dirname "$0")/.."
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"
# ninja says that there is nothing to do on stdout, where nobody asked.
ninja -C "build/$preset" -n | grep -q 'no work to do' || cmake --build --preset "$preset"
