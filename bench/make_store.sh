#!/bin/bash
# Makes the realistic store of the benchmark: four images of 25 layers over one Debian base, written by a
# real dockerd (overlay2) out of Debian packages that come from the apt sources of this machine.
#
#   bench/make_store.sh DIR          the data root is DIR/root, the sizes stand in DIR/facts
#
# Package files, trees and layer archives are kept in $DRYDOCK_BENCH_CACHE (default build/bench), so a second
# store costs only the load. Nothing of the machine is changed outside DIR, the cache and one folder in /tmp.
# Needs root, about 4 GB, and: debootstrap, docker.io, containerd, runc, jq.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=bench/daemon.sh
source bench/daemon.sh

readonly kSuite=bookworm

# One line a layer: NAME PACKAGE... in the order in which an image would add them. No layer holds more than a
# quarter of the bytes: with one that did, the figure would be that of a single core.
readonly kLayers='
tls         openssl libssl3 ca-certificates libsqlite3-0 libexpat1 libffi8 libyaml-0-2
python      libpython3.11-minimal libpython3.11-stdlib python3.11-minimal python3.11
numpy       python3-numpy libgfortran5 libquadmath0 libblas3 liblapack3
django      python3-django
perl        perl perl-base perl-modules-5.36 libperl5.36
git         git libcurl3-gnutls libnghttp2-14
cpp         cpp-12 libisl23 libmpc3 libmpfr6
gcc         gcc-12 binutils-common binutils-x86-64-linux-gnu libbinutils
gxx         g++-12
libc        libc6-dev linux-libc-dev libgcc-12-dev manpages-dev
stdcxx      libstdc++-12-dev
vim         vim vim-runtime libsodium23
cmake       cmake cmake-data
go          golang-1.19-go
gosource    golang-1.19-src
java        openjdk-17-jre-headless java-common
node        libnode108 libuv1 libicu72 nodejs
php         php8.2-cli php8.2-common php8.2-opcache php8.2-readline libxml2 libedit2
pip         python3-pip python3-setuptools python3-wheel python3-pkg-resources
ruby        libruby3.1 ruby3.1 rubygems-integration ruby-rubygems
erlang      erlang-base
'

# One line an image: its layers, base first. A common beginning is shared in the store.
readonly kImages='
python     base tls python pip numpy django service
toolchain  base tls perl git cpp gcc gxx libc stdcxx cmake vim
go         base tls perl git go gosource workspace
web        base tls java node php ruby erlang trim
'

die() { echo "make_store.sh: $*" >&2; exit 1; }
say() { echo "make_store.sh: $*" >&2; }

# The machine's own dpkg state must not decide which version is the candidate.
fresh() { "$1" -q -o Dir::State::status=/dev/null -o APT::Sandbox::User=root "${@:2}"; }

main_uri() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk -v suite="$kSuite" '$1 == suite && $2 == "main" {print $3; exit}'
}

make_base_tree() {
    local tree="$1" uri
    uri="$(main_uri)"
    [[ -n $uri ]] || die "no apt source for $kSuite main"
    debootstrap --variant=minbase --merged-usr "$kSuite" "$tree.part" "$uri" > "$tree.log" 2>&1 ||
        die "debootstrap failed, see $tree.log"
    rm -rf "$tree.part"/var/cache/apt/archives/*.deb "$tree.part"/var/lib/apt/lists/*
    mv "$tree.part" "$tree"
}

# dpkg -x of each package; what lies in /bin, /sbin and /lib goes below /usr, where the base has links.
make_package_tree() {
    local tree="$1" deb top
    shift
    rm -rf "$tree.part"
    mkdir -p "$tree.part" "$cache/debs"
    for package in "$@"; do
        deb=$(find "$cache/debs" -name "${package}_*.deb" -print -quit)
        if [[ -z $deb ]]; then
            (cd "$cache/debs" && fresh apt-get download "$package" > /dev/null) || die "cannot download $package"
            deb=$(find "$cache/debs" -name "${package}_*.deb" -print -quit)
        fi
        dpkg-deb -x "$deb" "$tree.part"
    done
    for top in bin sbin lib lib64; do
        if [[ -d $tree.part/$top ]]; then
            mkdir -p "$tree.part/usr/$top"
            cp -a "$tree.part/$top/." "$tree.part/usr/$top/"
            rm -rf "${tree:?}.part/$top"
        fi
    done
    rm -rf "$tree"
    mv "$tree.part" "$tree"
}

# The small layers on top that every real image has: a few files of its own, and one that takes things away.
make_small_trees() {
    local service="$cache/trees/service" workspace="$cache/trees/workspace" trim="$cache/trees/trim"
    mkdir -p "$service/srv/app/static" "$workspace/go/src/hello" "$workspace/go/bin" "$trim/usr/share/doc"
    for number in {1..40}; do
        printf 'def page_%d():\n    return "page %d"\n' "$number" "$number" > "$service/srv/app/page_$number.py"
        head -c $((number * 97)) /dev/zero | tr '\0' x > "$service/srv/app/static/$number.css"
    done
    printf 'package main\n\nfunc main() { println("hello") }\n' > "$workspace/go/src/hello/main.go"
    touch "$trim/usr/share/doc/.wh.openjdk-17-jre-headless" "$trim/usr/share/.wh.man" "$trim/usr/share/.wh.locale"
    find "$service" "$workspace" "$trim" -exec touch -h -d '2023-06-10 12:00:00 UTC' {} +
}

make_layers() {
    local name packages
    mkdir -p "$cache/trees" "$cache/layers"
    [[ -d $cache/trees/base ]] || { say "base: debootstrap"; make_base_tree "$cache/trees/base"; }
    while read -r name packages; do
        [[ -n $name ]] || continue
        if [[ $(cat "$cache/trees/$name.packages" 2> /dev/null) != "$packages" ]]; then
            say "$name: $packages"
            rm -f "$cache/layers/$name.sha256"
            # shellcheck disable=SC2086
            make_package_tree "$cache/trees/$name" $packages
            echo "$packages" > "$cache/trees/$name.packages"
        fi
    done <<< "$kLayers"
    make_small_trees
    for tree in "$cache"/trees/*/; do
        name=$(basename "$tree")
        [[ $name == *.part || -f $cache/layers/$name.sha256 ]] && continue
        tar -C "$tree" --sort=name --numeric-owner -cf "$cache/layers/$name.tar" .
        sha256sum < "$cache/layers/$name.tar" | cut -d' ' -f1 > "$cache/layers/$name.sha256"
    done
}

# The archive of `docker load`: manifest.json, one config an image, each layer once.
load_images() {
    local archive="$cache/archive" image layers config manifest='[]'
    rm -rf "$archive"
    mkdir -p "$archive"
    while read -r image layers; do
        [[ -n $image ]] || continue
        config="$archive/$image.json"
        for name in $layers; do
            echo "$name $(< "$cache/layers/$name.sha256")"
            [[ -e $archive/$name.tar ]] || ln "$cache/layers/$name.tar" "$archive/$name.tar"
        done | jq -Rnc '[inputs | split(" ")] | {
            architecture: "amd64", os: "linux", created: "2023-06-10T12:00:00Z",
            config: {Cmd: ["/bin/sh"], Env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]},
            history: map({created: "2023-06-10T12:00:00Z", created_by: ("layer " + .[0])}),
            rootfs: {type: "layers", diff_ids: map("sha256:" + .[1])}}' > "$config"
        # shellcheck disable=SC2086
        manifest=$(jq -c --arg image "$image" '. + [{Config: ($image + ".json"),
            RepoTags: ["bench/" + $image + ":1"], Layers: ($ARGS.positional | map(. + ".tar"))}]' \
            --args $layers <<< "$manifest")
    done <<< "$kImages"
    echo "$manifest" > "$archive/manifest.json"
    tar -C "$archive" --hard-dereference -cf - . | "$kDocker" load
    rm -rf "$archive"
}

write_facts() {
    local root="$1"
    find "$root/overlay2" -path '*/diff/*' -type f -printf '%D:%i %s\n' | sort -u |
        awk '{bytes += $2} END {printf "files %d\nbytes %d\n", NR, bytes}'
    for size in "$root"/image/overlay2/layerdb/sha256/*/size; do echo "$(< "$size")"; done | sort -nr |
        awk 'NR == 1 {largest = $1} {sum += $1} END {
            printf "layers %d\nlargest_layer_percent %d\n", NR, largest * 100 / sum}'
    echo "images $(find "$root/image/overlay2/imagedb/content/sha256" -type f | wc -l)"
}

[[ $# == 1 ]] || die "usage: make_store.sh DIR"
[[ $EUID == 0 ]] || die "needs root (dockerd, debootstrap)"
for tool in debootstrap dockerd jq dpkg-deb apt-get; do
    command -v "$tool" > /dev/null || die "$tool is missing: apt-get install debootstrap docker.io containerd runc jq"
done
mkdir -p "$1" "${DRYDOCK_BENCH_CACHE:-build/bench}"
target="$(realpath "$1")"
cache="$(realpath "${DRYDOCK_BENCH_CACHE:-build/bench}")"

if [[ ! -f $target/facts ]]; then
    [[ ! -e $target/root ]] || die "$target/root exists and is not finished: remove it"
    fresh apt-cache show vim-runtime > /dev/null 2>&1 || apt-get -q update > /dev/null
    make_layers
    mkdir "$target/root"
    trap stop_daemon EXIT
    start_daemon "$target/root"
    load_images
    stop_daemon
    write_facts "$target/root" > "$target/facts.part"
    sync -f "$target"
    mv "$target/facts.part" "$target/facts"
fi
echo "store $target/root"
cat "$target/facts"
