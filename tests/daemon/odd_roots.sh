# The same store where and how it may legally stand: other security modules, mounts, links, parts that are
# away; and folders that are no store. Sourced by used_store.sh.
# shellcheck shell=bash disable=SC2154

# odd_roots USED IMAGES_ONLY: a store with containers and one without.
odd_roots() {
    security_attributes "$1"
    places "$1"
    absent_parts "$1" "$2"
    no_store
    containerd_store
    host_root "$1"
}

# What a security module writes on every inode. ima wants a well-formed digest where it is configured in:
# 4 = a hash, 4 = sha256.
security_attributes() {
    local copy=$work/labelled name value refused kept
    clone "$1" "$copy"
    for name in selinux=0x73797374656d5f753a6f626a6563745f723a636f6e7461696e65725f66696c655f743a733000 \
        ima=0x0404$(printf '%064d' 7); do
        value=${name#*=}
        name=security.${name%%=*}
        refused=$(find "$copy/overlay2" -exec setfattr -h -n "$name" -v "$value" {} + 2>&1 >/dev/null | wc -l)
        kept=$(getfattr -R -P -h -n "$name" --absolute-names "$copy/overlay2" 2>/dev/null | grep -c "^$name")
        echo "     $script: $name on $kept inodes, refused on $refused"
        [ "$kept" -gt 100 ] || fail "$name could not be set: this kernel cannot show the case"
    done
    expect_clean "$copy" "security.selinux and security.ima on every inode"
    # An ACL on every file and a default one on every folder, as an inherited one leaves it: the mode stays.
    find "$copy/overlay2" \( -type f -o -type d \) -exec setfacl -n -m u:1234:--- {} + 2>/dev/null
    find "$copy/overlay2" -type d -exec setfacl -d -m u:1234:rwx {} + 2>/dev/null
    expect_clean "$copy" "an ACL on every file and folder"
    rm -rf --one-file-system "$copy"
}

places() {
    local root=$1 at=$work/place
    mkdir "$at" "$work/image-elsewhere"
    must mount mount --bind "$root" "$at"
    must mount mount -o remount,bind,ro "$at"
    expect_clean "$at" "a read-only mount"
    must umount umount "$at"
    must link ln -s "$root" "$work/linked"
    expect_clean "$work/linked" "ROOT as a symlink"

    must move mv "$root/image" "$work/image-elsewhere/image"
    must link ln -s "$work/image-elsewhere/image" "$root/image"
    expect_clean "$root" "ROOT/image as an absolute symlink"
    must link ln -sfn ../image-elsewhere/image "$root/image"
    expect_clean "$root" "ROOT/image as a relative symlink"
    rm "$root/image"
    mkdir "$root/image"
    must mount mount --bind "$work/image-elsewhere/image" "$root/image"
    expect_clean "$root" "ROOT/image as a mount of its own"
    must umount umount "$root/image"
    rmdir "$root/image"
    must move mv "$work/image-elsewhere/image" "$root/image"

    must move mv "$root/overlay2" "$work/image-elsewhere/overlay2"
    must link ln -s "$work/image-elsewhere/overlay2" "$root/overlay2"
    expect_clean "$root" "the driver's folder as a symlink"
    rm "$root/overlay2"
    must move mv "$work/image-elsewhere/overlay2" "$root/overlay2"
}

absent_parts() {
    local used=$1 images=$2
    mv "$images/containers" "$work/away"
    expect_clean "$images" "no containers/ and no mount record"
    mv "$work/away" "$images/containers"
    mv "$used/containers" "$work/away"
    expect_findings "$used" "no containers/ but mount records" 8 "owner-missing undetermined"
    mv "$work/away" "$used/containers"

    mv "$images/overlay2" "$work/away"
    expect_findings "$images" "no driver folder" 8 "driver-folder-missing undetermined"
    mkdir "$images/overlay2"
    expect_findings "$images" "an empty driver folder" 8 "driver-folder-missing undetermined"
    expect_exit "$images" "an empty driver folder, for people" 8
    mkdir "$images/overlay2/l"
    expect_findings "$images" "a driver folder with an empty l" 8 "driver-folder-missing undetermined"
    rm -r "$images/overlay2"
    mv "$work/away" "$images/overlay2"

    for images in "$images" "$used"; do
        mv "$images/image/overlay2/layerdb" "$work/away"
        mkdir "$images/image/overlay2/layerdb"
        expect_findings "$images" "an empty layerdb of $(basename "$images")" 8 "owner-missing undetermined"
        rmdir "$images/image/overlay2/layerdb"
        mv "$work/away" "$images/image/overlay2/layerdb"
    done
    expect_clean "$used" "all parts back in their places"
}

no_store() {
    mkdir -p "$work/empty" "$work/image-only/image" "$work/fresh"
    expect_exit "$work/empty" "an empty folder" 0 'nothing was checked'
    expect_exit "$work/image-only" "image/ without stores" 0 'nothing was checked'
    expect_exit "$work/does-not-exist" "ROOT missing" 8
    expect_exit "$work/plain.tar" "a file as ROOT" 8
    expect_exit /usr "a folder that is no data root" 8
    # A daemon that never had an image: nothing to verify, nothing wrong.
    start_daemon "$work/fresh" "$work/x"
    stop_daemon
    check "$work/fresh"
    if [ "$code" = 0 ] && jq -e '.findings == [] and .stores[0].verdict == "sound"' "$work/report.json" \
        >/dev/null 2>&1; then
        pass "a store in which no image ever was: clean"
    else
        fail "a store in which no image ever was: exit $code" "$(brief_findings)" \
            "$(head -c 400 "$work/report.json")"
    fi
}

# The folders of a Docker 29 root whose images are containerd's. A 20.10 root has most of the same names:
# its managed containerd makes io.containerd.snapshotter.v1.overlayfs/snapshots at every start and keeps
# the manifests of pulls as blobs. What 20.10 never has is a snapshot.
containerd_store() {
    local root=$work/twentynine c=$work/twentynine/containerd/daemon
    mkdir -p "$root"/{buildkit,containers,network/files,plugins,rootfs/overlayfs,runtimes,swarm,tmp,volumes} \
        "$c/io.containerd.content.v1.content"/{blobs/sha256,ingest} "$c/io.containerd.metadata.v1.bolt" \
        "$c/io.containerd.snapshotter.v1.overlayfs/snapshots/1"/{fs/bin,work}
    echo x >"$c/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/bin/x"
    echo '{}' >"$c/io.containerd.content.v1.content/blobs/sha256/$(echo '{}' | sha256sum | cut -d' ' -f1)"
    head -c 32768 /dev/zero >"$c/io.containerd.metadata.v1.bolt/meta.db"
    head -c 32768 /dev/zero >"$c/io.containerd.snapshotter.v1.overlayfs/metadata.db"
    echo -n 9a1c7f4e-0000-4000-8000-000000000000 >"$root/engine-id"
    expect_exit "$root" "a Docker 29 root with the containerd store" 8 'nothing was checked'
    check "$root"
    if jq -e '.exit_code == 8 and (.stores | map([.driver, .verdict]) == [["containerd", "undetermined"]])' \
        "$work/report.json" >/dev/null 2>&1; then
        pass "the containerd store has an undetermined entry"
    else
        fail "the containerd store has no undetermined entry" "$(head -c 400 "$work/report.json")"
    fi
}

host_root() {
    local host=$work/sysroot
    mkdir -p "$host"/{bin,etc,usr,root,var/lib/docker}
    must mount mount --bind "$1" "$host/var/lib/docker"
    check_text "$host"
    if [ "$code" = 8 ] || [ "$code" = 16 ] && grep -qF "$host/var/lib/docker" "$work/report.txt" "$work/report.err"
    then
        pass "a host root: exit $code, and the data root below it is named"
    else
        fail "a host root: exit $code, expected 8 or 16 and the name of the data root below it" \
            "$(head -n 4 "$work/report.txt" "$work/report.err")"
    fi
    expect_clean "$host/var/lib/docker" "the data root of a host root"
    must umount umount "$host/var/lib/docker"
}

# A default ACL on ROOT before the daemon made the store: every file of every layer inherits one, and the
# umask does not count where it does. The masks follow the chmods of the unpacking.
inherited_acls() {
    local root=$work/acl
    mkdir "$root"
    must "default ACL" setfacl -d -m u:1234:rwx,g:55:rx,m::rwx,o::rx "$root"
    start_daemon "$root" "$work/x"
    must load docker load -i "$work/plain.tar"
    must load docker load -i "$work/torture.tar"
    must build build_classic acl:1 <<-'END'
	FROM plain:full
	RUN mkdir -p /new/folder && echo x >/new/folder/file && chmod 640 /etc/numbers && rm -rf /data/keep
	END
    must build build_buildkit acl:2 <<-'END'
	FROM plain:full
	COPY tree /tree
	RUN mkdir -p /new/folder && echo x >/new/folder/file && chmod 640 /etc/numbers
	END
    must run docker run --network none plain:full sh -c 'echo x >>/etc/group; rm -rf /swap; mkdir /swap'
    stop_daemon
    # Docker makes ROOT/overlay2 and what is in it by mkdir: the ACL gets through to the layers.
    getfattr -R -P -h -d -m system.posix_acl_access "$root/overlay2" 2>/dev/null | grep -c '^system' \
        >"$work/inherited"
    if [ "$(cat "$work/inherited")" -gt 50 ]; then
        echo "     $script: $(cat "$work/inherited") files and folders have inherited an ACL"
    else
        fail "a default ACL on ROOT did not reach the layers: the case is not shown"
    fi
    expect_clean "$root" "ACLs inherited from ROOT"
}
