#!/bin/sh
# ./run.sh [drydock arguments]: builds drydock if needed and runs it; without arguments, the demo.
# Installs the packages that the build needs, as root or with sudo.
set -eu

root=$(cd "$(dirname "$0")" && pwd)

# stdout belongs to drydock.
"$root/packaging/ensure-packages.sh" "$root/packaging/build-packages.txt" >&2
"$root/packaging/build.sh" release >&2

if [ $# -eq 0 ]; then
    exec "$root/samples/demo.sh" "$root/build/release/drydock"
fi
exec "$root/build/release/drydock" "$@"
