#!/bin/bash
# A remapped daemon (--userns-remap) keeps a store of its own in ROOT/<uid>.<gid>, whose files belong to
# shifted ids while the tars hold the unshifted ones. Both stores of such a root are found and sound.
#
# The ranges of the user are the machine's own file: the daemon gets another one in a mount namespace.
# Seen with 20.10.24: `ROOT` is 0710 with the remapped gid, and `ROOT/165536.165536` a whole data root.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
require unshare

root=$work/r
chmod 711 "$outside"  # the daemon wants every folder above ROOT open to the remapped ids
make_archive "$work/plain.tar"
# The plain archive has ids beyond any map of 65536; the samples have none.
must "an archive of drydock-samples" "$samples" archive "$work/samples.tar"
start_daemon "$root" "$work/x"
must load docker load -i "$work/plain.tar"
stop_daemon

echo "daemon:165536:65536" >"$work/ranges"
dockerd_prefix=(unshare --mount --propagation private sh -c
    'mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid && shift && exec "$@"' sh "$work/ranges")
start_daemon "$root" "$work/x" --userns-remap daemon
must load docker load -i "$work/samples.tar"
must create docker create --network none --name created demo/web:1 sh
stop_daemon
dockerd_prefix=()

remapped=$root/165536.165536
[ -d "$remapped/image/overlay2" ] || give_up "the daemon has made no store for the remapped ids"
expect_clean "$root" "a root with a store for remapped ids"
wanted='["165536.165536","."]'
actual=$(jq -c '.stores | map(.path)' "$work/report.json" 2>&1)
if jq -e '.stores | map(.path) | sort == [".", "165536.165536"]' "$work/report.json" >/dev/null 2>&1; then
    pass "both stores are named"
else
    fail "the stores are $actual, expected $wanted in any order"
fi
expect_clean "$remapped" "the store for remapped ids by itself"
expect_untouched "$root" "a root with a store for remapped ids"
