#!/bin/bash
# What taking an orphan away frees is what the file system then has more of: hard links, files that share
# their blocks (reflinks), holes. On ext4 and xfs; no daemon is needed for that.
. "$(dirname "$0")/lib.sh"
require mkfs.xfs

name=$(printf 'ab%.0s' $(seq 32))

# make_orphan STORE [REFLINK]: a driver directory of nobody, half of whose bytes somebody else has too.
make_orphan() {
    local store=$1 orphan=$1/overlay2/$name i
    mkdir -p "$orphan/diff/sub"
    printf ABCDEFGHIJKLMNOPQRSTUVWX23 >"$orphan/link"
    ln -s "../$name/diff" "$store/overlay2/l/ABCDEFGHIJKLMNOPQRSTUVWX23"
    for i in $(seq 20); do
        head -c 400000 /dev/urandom >"$orphan/diff/sub/own$i"
    done
    # Two names of one file, both in the orphan; a file with a name outside; a file of holes.
    ln "$orphan/diff/sub/own1" "$orphan/diff/again"
    head -c 4000000 /dev/urandom >"$orphan/diff/linked"
    ln "$orphan/diff/linked" "$store/linked"
    truncate -s 1G "$orphan/diff/holes"
    if [ -n "${2:-}" ]; then
        head -c 4000000 /dev/urandom >"$store/shared"
        cp --reflink=always "$store/shared" "$orphan/diff/shared"
    fi
    sync -f "$store"
}

free_bytes() {
    sync -f "$1"
    stat -f -c '%f %S' "$1" | awk '{printf "%.0f\n", $1 * $2}'
}

# expect_room STORE LABEL: taken away, it frees what was said, but for what the file system keeps for itself.
expect_room() {
    local store=$1 label=$2 said before after path
    check "$store" --level metadata
    said=$(jq '.findings[] | select(.code == "driver-directory-orphan") | .evidence.frees' "$work/report.json")
    before=$(free_bytes "$store")
    while IFS= read -r path; do
        rm -rf "${store:?}/$path"
    done < <(jq -r '.findings[] | select(.code == "driver-directory-orphan") | .evidence.takes[]' "$work/report.json")
    # ext4 gives blocks back when its journal has been written.
    for _ in $(seq 50); do
        after=$(free_bytes "$store")
        [ "$after" = "$before" ] || break
        sleep 0.2
    done
    if [ -n "$said" ] && awk -v s="$said" -v f="$((after - before))" \
        'BEGIN { d = s - f; exit !(d < 400000 && d > -400000) }'; then
        pass "$label: $said bytes were told, $((after - before)) are free"
    else
        fail "$label: ${said:-no} bytes were told, $((after - before)) are free"
    fi
    check "$store"
    if [ "$code" = 0 ]; then pass "$label: sound after it"; else fail "$label: exit $code after it" "$(brief_findings)"; fi
}

must "a store on ext4" "$samples" make "$work/ext4"
make_orphan "$work/ext4"
expect_room "$work/ext4" "ext4, hard links and holes"

truncate -s 400M "$work/xfs.disk"
must "xfs with reflinks" mkfs.xfs -q -m reflink=1 "$work/xfs.disk"
mkdir "$work/xfs"
must "mount of xfs" mount -o loop "$work/xfs.disk" "$work/xfs"
must "a store on xfs" "$samples" make "$work/xfs/r"
make_orphan "$work/xfs/r" reflinks
expect_room "$work/xfs/r" "xfs, hard links, holes and reflinks"
