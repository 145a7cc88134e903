#!/bin/bash
# Layers that went through a mount: where the kernel turns redirect_dir on by itself, dockerd 20.10 does not
# trust the upper folders of overlay2 (`Native Overlay Diff: false`) and unpacks each layer through a mount
# over its parents. What then lies on disk is the kernel's choice: copied-up files and folders that the tar
# lacks, single whiteouts for an opaque folder, none where there is nothing to hide. Nothing in the
# records tells such a layer from another.
#
# The module's parameters count for the whole machine. They are set for the seconds that the daemon is up, and
# put back by the trap; another dockerd that starts meanwhile would be in the same case.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
require

parameters=/sys/module/overlay/parameters
[ -w "$parameters/redirect_dir" ] || modprobe overlay 2>/dev/null
[ -w "$parameters/redirect_dir" ] || give_up "$parameters cannot be written: the case cannot be made here"
redirect_before=$(cat "$parameters/redirect_dir")
metacopy_before=$(cat "$parameters/metacopy")

put_back() {
    echo "$metacopy_before" >"$parameters/metacopy"
    echo "$redirect_before" >"$parameters/redirect_dir"
}
trap 'put_back; finish' EXIT

root=$work/r
make_archive "$work/plain.tar"
must "an archive of drydock-samples" "$samples" archive "$work/samples.tar"
must "an archive of every odd member" "$samples" archive "$work/torture.tar" --torture
echo Y >"$parameters/redirect_dir"
echo Y >"$parameters/metacopy"
start_daemon "$root" "$work/x"
[ "$(docker info -f '{{range .DriverStatus}}{{if eq (index . 0) "Native Overlay Diff"}}{{index . 1}}{{end}}{{end}}' \
    2>/dev/null)" = false ] || give_up "the daemon still uses the native diff"
must load docker load -i "$work/plain.tar"
must load docker load -i "$work/samples.tar"
# Not every odd member can be unpacked through a mount; what cannot is no store of this case.
docker load -i "$work/torture.tar" >"$work/step.log" 2>&1 ||
    echo "     $script: the odd members do not load through a mount: $(tail -n 1 "$work/step.log")"
mkdir "$work/context"
must "classic build" env DOCKER_BUILDKIT=0 /usr/bin/docker build -q --network none -t classic:1 -f - \
    "$work/context" <<-'END'
	FROM plain:full
	RUN mv /data/keep /data/kept && rm -rf /etc/init.d && mkdir /etc/init.d && echo x >/etc/init.d/x
	RUN mv /data /moved && chmod 600 /attr/user && rm /bin/three-too
	END
must "BuildKit build" env DOCKER_BUILDKIT=1 /usr/bin/docker build -q --network none -t kit:1 -f - \
    "$work/context" <<-'END'
	FROM plain:full
	RUN mv /data/keep /data/kept && rm -rf /etc/init.d && mkdir /etc/init.d && echo x >/etc/init.d/x
	RUN chmod 600 /attr/user && chmod 711 /bin/busybox && rm -rf /swap
	END
must run docker run --network none --name ran classic:1 sh -c 'mv /moved /again; rm -rf /attr'
must "save of an image of such layers" docker save -o "$work/saved.tar" kit:1
stop_daemon
put_back

# A BuildKit layer is the folder that was mounted: a renamed folder and a chmod leave the bytes that its tar
# holds in a lower layer. dockerd reads layers through a mount and saves such an image without complaint.
for mark in redirect metacopy; do
    count=$(getfattr -R -P -h -n "trusted.overlay.$mark" --absolute-names "$root/overlay2"/?????????????????????????/ \
        2>/dev/null | grep -c '^trusted')
    echo "     $script: $count inodes of BuildKit layers with trusted.overlay.$mark"
    [ "$count" -gt 0 ] || fail "no $mark in a BuildKit layer: the case is not shown"
done
expect_clean "$root" "layers that went through a mount"
expect_verified "$root" "layers that went through a mount"
expect_untouched "$root" "layers that went through a mount"
