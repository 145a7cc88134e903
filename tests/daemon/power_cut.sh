#!/bin/bash
# A power cut right after `docker load` has returned success: the copy of a mounted file system's backing
# file is what the disk would hold. Every file that lost its bytes is named, once an inode, and nothing
# else is.
#
# Seen with dockerd 20.10.24, kernel 6.18: image/ is perfect (the daemon fsyncs its records, and that
# commits the journal with the names, owners and xattrs of the new layers), while on ext4 and xfs the files
# of the layers have zero length because nobody asked for their bytes. The driver's own `link` and `lower`
# are written the same way (up to 24) and are as empty; the symlinks in `l/` survive.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
require mkfs.xfs

# inode_names ROOT: JSON lines {key, size, name} for each name of a regular file in a layer; key tells one
# inode from another, name is written as reports write bytes.
inode_names() {
    (cd "$1" && find overlay2 -path 'overlay2/*/diff/*' -type f -printf '%i %s %p\0') |
        perl -0 -ne 'chomp; /^(\d+) (\d+) (.*)$/s; my ($key, $size, $name) = ($1, $2, $3);
            $name =~ s/\\/\\\\/g;
            $name =~ s/([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})
                |([\x80-\xff])/defined $1 ? $1 : sprintf("\\x%02x", ord $2)/gex;
            $name =~ s/(["\\])/\\$1/g; $name =~ s/([\x00-\x1f])/sprintf("\\u%04x", ord $1)/ge;
            print qq({"key":$key,"size":$size,"name":"$name"}\n)'
}

# lost_inodes COPY ORIGINAL: the sorted names of each inode that has bytes in the store that the daemon
# still has, and none in the copy.
lost_inodes() {
    inode_names "$1" >"$work/names.copy"
    inode_names "$2" >"$work/names.original"
    jq -cn --slurpfile copy "$work/names.copy" --slurpfile original "$work/names.original" '
        ($original | map({key: .name, value: .size}) | from_entries) as $sizes
        | [$copy[] | select(.size == 0 and $sizes[.name] > 0)] | group_by(.key)
        | map(map(.name) | sort) | sort | .[]'
}

# Peers may be given from ROOT or from the top of the layer.
reported_inodes() {
    jq -c '[.findings[] | select(.code == "content-file-empty")
        | (.path | capture("^(?<top>overlay2/[^/]+/diff/)").top) as $top
        | [.path] + (.evidence.peers // [] | map(if startswith("overlay2/") then . else $top + . end)) | sort]
        | sort | .[]' "$work/report.json"
}

# Of the daemon's own files those that fsync was not asked for.
empty_records() {
    (cd "$1" && find image -path image/overlay2/distribution -prune -o -type f -size 0 -print
        find overlay2 -mindepth 2 -maxdepth 2 -type f \( -name link -o -name lower \) -size 0) |
        sed 's,.*/,,' | sort
}

# cut_power TYPE OPTIONS_OF_THE_COPY [MKFS_OPTIONS]
cut_power() {
    local type=$1 disk=$work/$1.disk cut=$work/$1.cut live=$work/$1 copy=$work/$1-copy options=$2 count
    mkdir "$live" "$copy"
    truncate -s 400M "$disk"
    must "mkfs.$type" "mkfs.$type" -q "${@:3}" "$disk"
    must "mount of $type" mount -o loop "$disk" "$live"
    start_daemon "$live/r" "$work/x"
    must load docker load -i "$work/plain.tar"
    # The journal, not the bytes: what a second or five would have done too.
    touch "$live/mark" && sync "$live/mark"
    must "copy of the disk" cp --sparse=always "$disk" "$cut"
    must "mount of the copy" mount -o "$options" "$cut" "$copy"
    lost_inodes "$copy/r" "$live/r" >"$work/wanted"
    count=$(wc -l <"$work/wanted")
    echo "     $script: $type: $count inodes lost their bytes, $(jq -s 'map(length - 1) | add' "$work/wanted") \
more names; empty records: $(empty_records "$copy/r" | uniq -c | tr -s ' \n' ' ')"
    if [ "$count" -lt 10 ]; then
        fail "$type: only $count files lost their bytes: the case is not shown"
    fi

    check "$copy/r"
    reported_inodes >"$work/reported" 2>&1
    if [ "$code" = 4 ] && cmp -s "$work/wanted" "$work/reported"; then
        pass "$type: exit 4, each of $count inodes is named once, with all its names"
    else
        fail "$type: exit $code, expected 4 and $count inodes" "$(head -n 3 "$work/report.err")" \
            "$(diff "$work/wanted" "$work/reported" | head -n 10)"
    fi
    if jq -e --argjson records "$(empty_records "$copy/r" | grep -c .)" '
        [.findings[] | select(.code != "content-file-empty" and .severity != "note")] | length == $records' \
        "$work/report.json" >/dev/null 2>&1; then
        pass "$type: nothing else is reported"
    else
        fail "$type: something else is reported" \
            "$(brief_findings '.code != "content-file-empty" and .severity != "note"')"
    fi
    check_text "$copy/r"
    count=$(jq -s 'map(length) | add' "$work/wanted")
    if [ -s "$work/report.txt" ] && [ "$(grep -c /diff/ "$work/report.txt")" -lt "$count" ]; then
        pass "$type: the text report does not list each of $count names"
    else
        fail "$type: the text report lists each of $count names" "$(head -n 5 "$work/report.txt")"
    fi
    expect_untouched "$copy/r" "$type after the cut"
    stop_daemon
    expect_clean "$live/r" "$type, the store that had no cut"
    must umount umount "$copy" "$live"
}

make_archive "$work/plain.tar"
cut_power ext4 loop
# Without bigtime XFS has no time after 2038, and keeps the last it has for every later one.
cut_power xfs loop,nouuid -m bigtime=0
