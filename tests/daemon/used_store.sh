#!/bin/bash
# A store as a year of use leaves it, written by one real dockerd, is sound: before containers ran and
# after, after a clean stop and after a kill. Then the same store in the odd places and states in which
# a store may legally be found.
#
# Seen with dockerd 20.10.24, and no damage:
# - The managed containerd makes containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots (empty) at
#   every start, and a pull leaves its manifest as a blob beside it.
# - A load leaves no metadata folder of the image; giving a tag does.
# - Times before 1970 and after 2262 are 0 on disk; an xattr without a value is not set; a hard link whose own
#   header has no capability takes the capability from the file.
# - BuildKit layers have xattrs of the build context and of copied-up files that their tar lacks, and their
#   `size` leaves out symlinks.
# - A folder that takes a deleted file's place is opaque.
# - A store without any image has an empty overlay2/l and no layerdb/sha256.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
. "$here/odd_roots.sh"
require

root=$work/r
run=(docker run --network none)

# ---- images by every way that makes layers ----

load_images() {
    make_archive "$work/plain.tar"
    must "load of the plain archive" docker load -i "$work/plain.tar"
    must "an archive of drydock-samples" "$samples" archive "$work/samples.tar"
    must "load of the samples archive" docker load -i "$work/samples.tar"
    must "an archive of every odd member" "$samples" archive "$work/torture.tar" --torture
    must "load of the torture archive" docker load -i "$work/torture.tar"
    # Loading what is there already touches nothing but the time of the tag.
    must "second load" docker load -i "$work/plain.tar"
}

pull_images() {
    start_registry
    must tag docker tag plain:full "$registry/team/full:1"
    must tag docker tag plain:base "$registry/base:latest"
    must push docker push -q "$registry/team/full:1"
    must push docker push -q "$registry/base:latest"
    # An image that has to be fetched whole: its layers are here under no other name.
    must build build_classic remote:1 <<-'END'
	FROM plain:base
	RUN seq 100000 >/root/pulled && mkdir -p /pulled/a && rm -rf /data/keep
	RUN echo more >>/root/pulled && ln /root/pulled /pulled/a/link
	END
    must tag docker tag remote:1 "$registry/remote:1"
    must push docker push -q "$registry/remote:1"
    must rmi docker rmi "$registry/remote:1" remote:1 "$registry/base:latest"
    must pull docker pull -q "$registry/remote:1"
    must pull docker pull -q "$registry/base:latest"
    digest=$(docker image inspect -f '{{index .RepoDigests 0}}' "$registry/remote:1")
    # A reference that is a digest only, and an image whose last name is one.
    must pull docker pull -q "$digest"
    must rmi docker rmi "$registry/remote:1"
    must pull docker pull -q "$digest"
}

import_image() {
    must import docker import --change 'CMD ["/bin/sh"]' "$work/archive/layers/base" imported:1
    must import docker import "$work/archive/layers/attributes" imported:attributes
}

# build_classic TAG <Dockerfile, build_buildkit TAG <Dockerfile
build_classic() {
    DOCKER_BUILDKIT=0 docker build -q --network none -t "$1" -f - "$work/context"
}

build_buildkit() {
    DOCKER_BUILDKIT=1 docker build -q --network none -t "$1" -f - "$work/context"
}

make_context() {
    mkdir -p "$work/context/tree/sub" "$work/context/bin"
    cp "$(command -v busybox)" "$work/context/bin/"
    seq 300 >"$work/context/tree/file"
    ln "$work/context/tree/file" "$work/context/tree/sub/linked"
    ln -s ../file "$work/context/tree/sub/link"
    chmod 2750 "$work/context/tree/sub"
    # Not in the tar that a builder makes: the daemon keeps it on disk (BuildKit) or drops it (classic).
    setfattr -n user.context -v 1 "$work/context/tree/file"
    tar -C "$work/context/tree" --format=gnu -czf "$work/context/tree.tar.gz" .
}

build_images() {
    must "classic build" build_classic classic:1 <<-'END'
	FROM scratch
	COPY bin/busybox /bin/busybox
	ENV PATH=/bin
	RUN ["/bin/busybox", "--install", "-s", "/bin"]
	COPY tree /tree
	ADD tree.tar.gz /unpacked/
	RUN mkdir -p /a/b/c /opaque/old /etc/x && seq 500 >/a/b/c/file && echo 1 >/opaque/old/one && echo 2 >/a/two
	RUN chmod 4711 /a/two && chown 1000:2000 /a/b && touch -d '2001-02-03 04:05:06' /a/b/c/file
	RUN echo changed >>/a/b/c/file && ln /a/b/c/file /a/hard && ln -s b/c /a/soft
	RUN mv /a/b /a/renamed
	RUN rm -f /tree/file && mkdir /tree/file && echo in >/tree/file/in
	RUN rm -rf /tree/file && echo back >/tree/file
	RUN rm -rf /opaque && mkdir /opaque && echo new >/opaque/new
	RUN rm -rf /opaque/new /a/hard
	RUN mknod /a/node c 1 5 && mkfifo /a/fifo && mkdir -m 1777 /a/sticky
	RUN true
	USER 1000:2000
	LABEL nothing=changed
	RUN echo user >/a/sticky/mine
	WORKDIR /made/by/workdir
	VOLUME /volume
	CMD ["/bin/busybox", "sh"]
	END
    must "classic build from the cache" build_classic classic:again <<-'END'
	FROM scratch
	COPY bin/busybox /bin/busybox
	ENV PATH=/bin
	RUN ["/bin/busybox", "--install", "-s", "/bin"]
	END
    must "classic build on a loaded image" build_classic classic:2 <<-'END'
	FROM plain:full
	RUN chmod 600 /attr/user && echo y >>/attr/cap && rm -r /data/keep && mkdir /data/keep
	RUN mv /attr /moved && touch /etc/numbers && chown -R 7:8 /swap
	END
    must "BuildKit build" build_buildkit kit:1 <<-'END'
	FROM scratch AS tools
	COPY bin/busybox /bin/busybox
	ENV PATH=/bin
	RUN ["/bin/busybox", "--install", "-s", "/bin"]
	FROM tools AS stage
	RUN --mount=type=cache,target=/cache seq 1000 >/cache/kept && cp /cache/kept /made && mkdir -p /d/e && echo x >/d/e/f
	RUN --mount=type=bind,source=tree,target=/src cp -a /src /copied && rm -rf /d/e && mkdir /d/e && echo y >/d/e/g
	FROM tools
	COPY --from=stage /made /copied /result/
	COPY --chown=5:6 tree /tree
	RUN chmod 700 /tree && rm /tree/sub/link && mv /tree/sub /tree/bus && ln /tree/file /tree/hard
	RUN rm -rf /result && echo file >/result
	RUN rm /result && mkdir /result && mknod /result/null c 1 3 && mkfifo /result/fifo
	RUN touch -d '2001-02-03 04:05:06' /tree/file
	USER 1000:1000
	ENV nothing=changed
	END
    must "BuildKit build on a loaded image" build_buildkit kit:2 <<-'END'
	FROM plain:full
	RUN echo y >>/attr/cap && rm -rf /data/wipe && mkdir /data/wipe && chmod 0 /attr/folder
	RUN --mount=type=cache,target=/cache,id=second echo more >/cache/more && mv /attr/user /attr/renamed
	END
    # Layers that only the builder's cache holds: their image goes again.
    must "BuildKit build that is thrown away" build_buildkit kit:gone <<-'END'
	FROM kit:1
	USER 0:0
	RUN seq 4000 >/gone
	END
    must rmi docker rmi kit:gone
    must "classic build on a BuildKit image" build_classic classic:3 <<-'END'
	FROM kit:1
	USER 0:0
	RUN rm -rf /tree/bus && echo z >>/tree/hard
	END
}

# Names come and go: an untagged image with a child, a tag that moved, removed images.
churn_names() {
    must tag docker tag classic:1 moved:1
    must tag docker tag kit:1 moved:1
    must tag docker tag plain:base example.com:5000/deep/er/name:v1.2-x_y
    must rmi docker rmi classic:again imported:attributes
    must build build_classic lost:1 <<-'END'
	FROM plain:base
	RUN echo lost >/lost
	END
    must build build_classic lost:1 <<-'END'
	FROM lost:1
	RUN echo found >/found
	END
    # A pull of what was removed finds its layers under the records of earlier pulls.
    must rmi docker rmi "$registry/team/full:1"
    must pull docker pull -q "$registry/team/full:1"
}

# ---- containers ----

expect_status() {
    local wanted=$1
    shift
    "$@"
    [ $? = "$wanted" ]
}

change_everything='echo c >>/etc/group; rm -rf /data/wipe; mkdir /data/wipe; echo n >/data/wipe/new
    mv /swap /moved; chmod 777 /bin/suid; ln /etc/group /etc/hard; mknod /root/null c 1 3; rm -rf /tmp
    touch /etc/passwd; chown 3:4 /etc/hostname; echo host >>/etc/hosts; mkdir /dev/shm/x /newdir; true'

run_containers() {
    must volume docker volume create data
    must create docker create --network none --name created plain:full sh
    must run "${run[@]}" --name changed plain:full sh -c "$change_everything"
    must run "${run[@]}" --name with-volumes -v data:/data/volume -v "$work/context:/context:ro" --tmpfs /t \
        classic:1 sh -c 'echo v >/volume/file; echo v >/made/by/workdir/x || true'
    must run "${run[@]}" --name kit -u 0 kit:1 sh -c 'rm -rf /tree; echo t >/tree'
    must run "${run[@]}" --name pulled "$digest" sh -c 'echo p >>/root/pulled'
    must run "${run[@]}" --read-only --name read-only plain:base true
    must run "${run[@]}" --rm plain:twice sh -c 'echo gone >/gone'
    must "a run that fails" expect_status 1 "${run[@]}" --name failed plain:base sh -c 'exit 1'
    must run "${run[@]}" -d --name stopped plain:base sleep 1000
    must exec docker exec stopped sh -c 'echo e >/executed'
    must pause docker pause stopped
    must unpause docker unpause stopped
    must stop docker stop -t 0 stopped
    must rename docker rename created renamed
    must commit docker commit -c 'ENV committed=yes' changed committed:1
    must commit docker commit changed
    must run "${run[@]}" --name on-commit committed:1 sh -c 'rm -rf /moved /newdir; echo 2 >/newdir'
    # The image of a container may legally go.
    must build build_classic doomed:1 <<-'END'
	FROM plain:base
	ENV doomed=yes
	END
    must run "${run[@]}" --name orphan doomed:1 true
    must "rmi -f of an image in use" docker rmi -f doomed:1
}

run_again() {
    must start docker start -a changed
    must start docker start -a kit
    must run "${run[@]}" --name second classic:2 sh -c 'echo s >>/moved/user; rm -rf /swap'
    must rm docker rm -v with-volumes
    must run "${run[@]}" -d --stop-timeout 1 --name running plain:full sleep 1000
}

images_stage() {
    start_daemon "$root" "$work/x"
    make_context
    load_images
    pull_images
    import_image
    build_images
    churn_names
    stop_daemon
    expect_clean "$root" "images only"
    expect_counts "$root" "images only"
}

containers_stage() {
    start_daemon "$root" "$work/x"
    run_containers
    stop_daemon
    expect_clean "$root" "after containers ran"
    expect_counts "$root" "after containers ran"
    start_daemon "$root" "$work/x"
    run_again
    check_text "$root"
    if [ "$code" = 0 ] && cat "$work/report.txt" "$work/report.err" | grep -qiE 'daemon|dockerd'; then
        pass "a store whose daemon is alive: exit 0 and a warning"
    else
        fail "a store whose daemon is alive: exit $code, expected 0 and a warning" \
            "$(head -n 8 "$work/report.txt" "$work/report.err")"
    fi
    # A running container is stopped by the daemon's own shutdown.
    stop_daemon
    expect_clean "$root" "after a second start"
    start_daemon "$root" "$work/x"
    must start docker start -a on-commit
    must build build_classic last:1 <<-'END'
	FROM committed:1
	RUN echo last >/last
	END
    stop_daemon KILL
    expect_clean "$root" "after kill -9 while idle"
    expect_counts "$root" "after kill -9 while idle"
}

images_stage
clone "$root" "$work/images-only"
containers_stage
expect_verified "$root" "used store"
expect_same_reports "$root" "used store"
expect_untouched "$root" "used store"
odd_roots "$root" "$work/images-only"
inherited_acls
