# Archives for docker load, made with GNU tar: a second writer of layers, independent of the project's own
# tool, in the formats that images in the wild are written in. Sourced.
# shellcheck shell=bash disable=SC2154

# A staging folder of a busybox system, with one of every kind of inode and of odd attribute.
stage_base() {
    local d=$1 name
    mkdir -p "$d"/{bin,etc/init.d,tmp,root,dev,data/keep,data/wipe/sub,swap,proc,sys}
    cp "$(command -v busybox)" "$d/bin/busybox"
    for name in sh cat ls rm mv mkdir rmdir chmod chown ln touch sleep true echo cp stat mknod mkfifo dd find; do
        ln -s busybox "$d/bin/$name"
    done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$d/etc/passwd"
    echo 'root:x:0:' >"$d/etc/group"
    : >"$d/etc/empty"
    seq 2000 >"$d/etc/numbers"
    seq 20 >"$d/data/wipe/one"
    seq 30 >"$d/data/wipe/sub/two"
    seq 40 >"$d/data/keep/three"
    # Hard links over folders; one through a symlink's folder is left to the other writer.
    ln "$d/data/keep/three" "$d/etc/three-again"
    ln "$d/data/keep/three" "$d/bin/three-too"
    echo file >"$d/swap/becomes-folder"
    mkdir "$d/swap/becomes-file" && echo x >"$d/swap/becomes-file/inside"
    ln -s ../etc/numbers "$d/swap/link"
    ln -s /etc/numbers "$d/swap/absolute"
    ln -s nowhere "$d/swap/dangling"
    mknod "$d/dev/null" c 1 3 && chmod 666 "$d/dev/null"
    mknod "$d/dev/loop" b 7 0
    mknod "$d/dev/big" c 511 262143  # the largest numbers that XFS takes
    mkfifo -m 640 "$d/dev/fifo"
    chmod 1777 "$d/tmp"
    echo suid >"$d/bin/suid" && chown 12:34 "$d/bin/suid" && chmod 6755 "$d/bin/suid"
    echo nobody >"$d/root/mode-0" && chmod 0 "$d/root/mode-0"
    mkdir -m 0 "$d/root/folder-0" && echo x >"$d/root/folder-0/x"
    echo ids >"$d/root/ids" && chown 2097153:3000000000 "$d/root/ids"
    name=$(printf 'n%.0s' $(seq 180))
    mkdir -p "$d/data/$name/$name" && echo long >"$d/data/$name/$name/$name"
    echo odd >"$d/data/"$'caf\xe9 \xff'
    echo odd >"$d/data/"$'new\nline'
    echo odd >"$d/data/back\\slash \"quoted\""
    echo odd >"$d/data/ünïcode"
    touch -d '1962-03-04 05:06:07' "$d/etc/numbers"
    touch -d '2100-01-01' "$d/etc/group"
    touch -d '2025-01-02 03:04:05.678901234' "$d/etc/passwd" "$d/data/keep"
    touch -h -d '1969-12-31 23:59:58.5 UTC' "$d/swap/link"
}

# Attributes that only PAX headers carry.
stage_attributes() {
    local d=$1
    mkdir -p "$d/attr/folder" "$d/etc"
    cp "$(command -v busybox)" "$d/attr/cap"
    chown 0:55 "$d/attr/cap"
    setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 "$d/attr/cap" || return 1
    echo x >"$d/attr/user" && setfattr -n user.note -v 'two words' "$d/attr/user" || return 1
    setfattr -n user.bytes -v 0x00ff0a3d00 "$d/attr/user" || return 1
    # 20.10 does not set an empty value: missing on disk for good.
    setfattr -n user.nothing "$d/attr/user" || return 1
    echo x >"$d/attr/trusted" && setfattr -n trusted.mark -v 1 "$d/attr/trusted" || return 1
    setfattr -n user.folder -v yes "$d/attr/folder" || return 1
    # Two names of one inode with a capability: the second member is a hard link without the bytes.
    ln "$d/attr/cap" "$d/attr/folder/cap-too"
    touch -d '2024-05-06 07:08:09.123456789' "$d/attr/user" "$d/attr/folder"
}

# make_archive FILE: images plain:full (all layers), plain:base (two of them, shared), plain:twice.
make_archive() {
    local file=$1 s=$work/archive l=$work/archive/layers out=$work/archive/out
    mkdir -p "$s" "$l" "$out"
    stage_base "$s/base"
    stage_attributes "$s/attributes" || give_up "the file system of $work takes no xattrs"

    # GNU headers, `./` prefixes, twenty-block records with their trailing zero blocks.
    tar -C "$s/base" --format=gnu -cf "$l/base" .
    # PAX headers, fractional times, xattrs.
    tar -C "$s/attributes" --format=posix --xattrs --xattrs-include='*' -cf "$l/attributes" attr
    # USTAR; deletions, an opaque folder, a file for a folder and a folder for a file.
    mkdir -p "$s/changes"/{data/wipe,swap/becomes-folder/deep,etc}
    : >"$s/changes/data/wipe/.wh..wh..opq"
    echo new >"$s/changes/data/wipe/three"
    : >"$s/changes/etc/.wh.empty"
    : >"$s/changes/data/.wh.ünïcode"
    echo now-a-file >"$s/changes/swap/becomes-file"
    echo deep >"$s/changes/swap/becomes-folder/deep/file"
    tar -C "$s/changes" --format=ustar -cf "$l/changes" data swap etc
    # v7; members without their folders.
    mkdir -p "$s/bare/a/b/c" && seq 50 >"$s/bare/a/b/c/d"
    tar -C "$s/bare" --format=v7 --no-recursion -cf "$l/bare" a/b/c/d
    # Back again: the folder becomes a file and the file a folder, one of the deleted files returns.
    mkdir -p "$s/back/swap/becomes-file" "$s/back/etc"
    echo file-again >"$s/back/swap/becomes-folder"
    echo x >"$s/back/swap/becomes-file/inside"
    : >"$s/back/etc/empty"
    tar -C "$s/back" --format=gnu -cf "$l/back" swap etc
    # Only zero blocks; no end-of-archive blocks; times beyond what an inode can hold.
    tar --format=gnu -cf "$l/empty" -T /dev/null
    mkdir -p "$s/tail" && echo the-last-block >"$s/tail/last"
    tar -C "$s/tail" --format=gnu -b 1 -cf "$l/unterminated" last
    truncate -s -1024 "$l/unterminated"
    tar -C "$s/tail" --format=posix --mtime=@99999999999 --transform 's,last,future/last,' \
        -cf "$l/future" last

    : >"$s/manifest"
    add_image "$file" full base attributes changes bare back empty unterminated future
    add_image "$file" base base attributes
    add_image "$file" twice base bare empty bare
    jq -s . "$s/manifest" >"$out/manifest.json"
    tar -C "$out" --format=ustar -cf "$file" .
}

# add_image FILE TAG LAYER...
add_image() {
    local tag=$2 out=$work/archive/out name diffs=() paths=() config
    shift 2
    for name in "$@"; do
        diffs+=("sha256:$(sha256sum <"$work/archive/layers/$name" | cut -d' ' -f1)")
        mkdir -p "$out/$name"
        [ -e "$out/$name/layer.tar" ] || cp "$work/archive/layers/$name" "$out/$name/layer.tar"
        paths+=("$name/layer.tar")
    done
    jq -cn '{architecture: "amd64", os: "linux", config: {Cmd: ["/bin/sh"], Env: ["PATH=/bin"]},
        rootfs: {type: "layers", diff_ids: $ARGS.positional},
        history: ([{created_by: "ENV nothing", empty_layer: true}]
            + [$ARGS.positional[] | {created_by: "a layer"}])}' --args "${diffs[@]}" >"$work/archive/config"
    config=$(sha256sum <"$work/archive/config" | cut -d' ' -f1)
    mv "$work/archive/config" "$out/$config.json"
    jq -cn --arg config "$config.json" --arg tag "plain:$tag" \
        '{Config: $config, RepoTags: [$tag], Layers: $ARGS.positional}' --args "${paths[@]}" \
        >>"$work/archive/manifest"
}
