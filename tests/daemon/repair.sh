#!/bin/bash
# The judge of every repair is dockerd. Damages that it does not bear are planted into stores that it wrote:
# shown to hurt (it does not start, hides an image or a container, or cannot run or save it), repaired, and
# shown to be healed by the same questions; and a second copy is repaired and given back with `undo`.
#
# Families of images share no layer, so that one store can carry a damage in each: fNN:1 has a base and a
# layer, fNN:2 one more; the container cNN stands on fNN:1.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
require sha256sum

# ---- stores ----

# family NN...: archives $work/fNN.tar.
make_families() {
    local n d=$work/archive l=$work/archive/layers
    mkdir -p "$l" "$d/out"
    for n in "$@"; do
        mkdir -p "$d/$n/base/bin" "$d/$n/one" "$d/$n/two/family"
        cp "$(command -v busybox)" "$d/$n/base/bin/busybox"
        ln -s busybox "$d/$n/base/bin/sh"
        ln -s busybox "$d/$n/base/bin/cat"
        seq "$((10#$n))" "$((10#$n + 999))" >"$d/$n/base/numbers"
        mkdir "$d/$n/one/family"
        echo "family $n" >"$d/$n/one/family/name"
        echo "two $n" >"$d/$n/two/family/two"
        tar -C "$d/$n/base" --format=gnu -cf "$l/base$n" .
        tar -C "$d/$n/one" --format=gnu -cf "$l/one$n" family
        tar -C "$d/$n/two" --format=gnu -cf "$l/two$n" family
        rm -rf "$d/out" && mkdir "$d/out"
        : >"$d/manifest"
        add_image "$work/f$n.tar" 1 "base$n" "one$n"
        add_image "$work/f$n.tar" 2 "base$n" "one$n" "two$n"
        sed -i "s/\"plain:/\"f$n:/" "$d/manifest"
        jq -s . "$d/manifest" >"$d/out/manifest.json"
        tar -C "$d/out" --format=ustar -cf "$work/f$n.tar" .
    done
}

# make_store ROOT NN...: loads the families and makes their containers; notes what save gives.
make_store() {
    local root=$1 n
    shift
    start_daemon "$root" "$work/x"
    for n in "$@"; do
        must "load of f$n" docker load -i "$work/f$n.tar"
        must "container c$n" docker create --network none --name "c$n" "f$n:1" sh -c 'cat /family/name'
        for image in "f$n:1" "f$n:2"; do
            saved_layers "$image" >"$work/saved.$image" || give_up "save of $image"
        done
    done
    stop_daemon
}

# The SHA-256 of each layer in what `docker save` writes, the base first.
saved_layers() {
    local folder=$work/save layer
    rm -rf "$folder"
    mkdir "$folder"
    docker save -o "$folder.tar" "$1" >"$work/save.log" 2>&1 || return 1
    tar -C "$folder" -xf "$folder.tar" || return 1
    jq -r '.[0].Layers[]' "$folder/manifest.json" | while read -r layer; do
        sha256sum <"$folder/$layer"
    done
}

# Everything that undo promises to give back: names, types, modes, owners, times, links, content, xattrs; not
# drydock/ and not the mtime of the root.
picture() {
    (
        cd "$1" || exit 1
        find . -mindepth 1 -path ./drydock -prune -o -printf '%P\t%y %m %U:%G %s %n mtime %T@ -> %l\0' | sort -z |
            tr '\0' '\n'
        find . -path ./drydock -prune -o -type f -print0 | sort -z | xargs -0r sha256sum
        find . -path ./drydock -prune -o -print0 | sort -z | xargs -0r getfattr -P -h -d -m - -e hex 2>&1
    )
}

# ---- questions to dockerd ----

# What is wrong with family NN, the first thing only; "well" where nothing is. Under a running daemon.
examine() {
    local n=$1 image wanted
    for image in "f$n:1" "f$n:2"; do
        [ -n "$(docker images -q "$image" 2>/dev/null)" ] || { echo "$image is not listed"; return; }
        wanted="family $n"
        [ "$(docker run --rm --network none "$image" cat /family/name 2>&1)" = "$wanted" ] ||
            { echo "$image does not run"; return; }
        saved_layers "$image" >"$work/saved.now" || { echo "$image is not saved"; return; }
        cmp -s "$work/saved.$image" "$work/saved.now" || { echo "$image is saved with other layers"; return; }
    done
    [ "$(docker ps -a --filter "name=^c$n\$" --format '{{.Names}}')" = "c$n" ] ||
        { echo "c$n is not listed"; return; }
    [ "$(docker start -a "c$n" 2>&1)" = "family $n" ] || { echo "c$n does not start"; return; }
    echo well
}

# expect_families LABEL WANTED NN...: WANTED is "well", or "hurt": each of them.
expect_families() {
    local label=$1 wanted=$2 n found
    shift 2
    for n in "$@"; do
        found=$(examine "$n")
        if [ "$wanted" = well ] && [ "$found" != well ]; then
            fail "$label: family $n: $found" "$(tail -n 3 "$work/x/d.log")"
        elif [ "$wanted" = hurt ] && [ "$found" = well ]; then
            fail "$label: family $n: dockerd sees nothing of its damage"
        else
            pass "$label: family $n: $found"
        fi
    done
}

expect_no_start() {
    launch_daemon "$1" "$work/x"
    if await_daemon; then
        fail "$2: dockerd starts"
    else
        pass "$2: dockerd does not start"
    fi
    stop_daemon
    # What it left in its exec root would keep the next one from starting.
    rm -rf --one-file-system "$work/x"
}

# ---- repairs ----

# damaged_copies SOUND NAME <recipe lines: $work/NAME, and a second copy $work/NAME.undo
damaged_copies() {
    local sound=$1 name=$2
    { echo "# $name"; cat; echo "expect: nothing"; } >"$work/$name.recipe"
    clone "$sound" "$work/$name"
    must "$name: the damage" "$samples" damage "$work/$name" "$work/$name.recipe" --places "$work/places"
    clone "$work/$name" "$work/$name.undo"
    clone "$work/$name" "$work/$name.before"
}

# repair ROOT [options]: the report goes to $work/report.json; status: $code.
repair() {
    local root=$1
    shift
    "$drydock" repair --yes --format json "$@" "$root" >"$work/report.json" 2>"$work/report.err"
    code=$?
}

# expect_repaired NAME WANTED [options]: the status is WANTED.
expect_repaired() {
    local name=$1 wanted=$2
    shift 2
    repair "$work/$name" "$@"
    if [ "$code" = "$wanted" ]; then
        pass "$name: repaired (exit $code, $(jq '.plan.steps | length' "$work/report.json") steps)"
    else
        fail "$name: repair: exit $code, expected $wanted" "$(head -n 5 "$work/report.err")" "$(brief_findings)" \
            "$(jq -c '.plan.refused, .remaining' "$work/report.json" 2>&1 | cut -c1-600)"
    fi
}

# expect_undone NAME [options]: the second copy is repaired and given back.
expect_undone() {
    local name=$1 root=$work/$1.undo
    shift
    picture "$root" >"$work/before"
    repair "$root" "$@"
    picture "$root" >"$work/between"
    "$drydock" undo --yes "$root" >"$work/undo.txt" 2>&1
    code=$?
    picture "$root" >"$work/after"
    if [ "$code" = 0 ] && ! cmp -s "$work/before" "$work/between" && cmp -s "$work/before" "$work/after"; then
        pass "$name: undo gives the damaged store back"
    else
        fail "$name: undo: exit $code, or the store is another" "$(tail -n 3 "$work/undo.txt")" \
            "$(diff "$work/before" "$work/after" | head -n 10)"
    fi
}

expect_sound() {
    check "$work/$1"
    if [ "$code" = 0 ]; then
        pass "$1: a check after dockerd used it: exit 0"
    else
        fail "$1: a check after dockerd used it: exit $code" "$(brief_findings '.severity != "note"')"
    fi
}

drop() {
    rm -rf --one-file-system "$work/$1" "$work/$1.undo" "$work/$1.before"
}

# Rebuilt without a download. repaired_store NAME NN...: all of these families are well afterwards.
repaired_store() {
    local name=$1
    shift
    expect_repaired "$name" 1
    start_daemon "$work/$name" "$work/x"
    expect_families "$name, repaired" well "$@"
    stop_daemon
    expect_sound "$name"
    expect_undone "$name"
    drop "$name"
}

# ---- one damage for each family ----

single_damages() {
    local name=single
    damaged_copies "$work/many" $name <<'RECIPE'
damage: truncate {record f01:1 0}/diff
damage: remove {record f02:1 0}/diff
damage: truncate {record f03:1 0}/cache-id
damage: remove {record f04:1 0}/cache-id
damage: truncate {record f05:1 0}/size
damage: remove {record f06:1 0}/size
damage: truncate {record f07:1 1}/parent
damage: remove {record f08:1 1}/parent
damage: truncate {dir f09:1 1}/link
damage: truncate {dir f10:1 1}/lower
damage: remove overlay2/l/{link f11:1 0}
damage: remove {rw c12}/work
damage: truncate {mount c13}/mount-id
damage: mkdir image/overlay2/layerdb/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210-removing 0700
damage: write image/overlay2/layerdb/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210-removing/cache-id {cache f14:1 1}
RECIPE
    start_daemon "$work/$name.before" "$work/x"
    expect_families "$name, before" hurt 01 02 03 04 05 06 07 08 09 10 11 12 13
    if docker load -i "$work/f01.tar" >"$work/step.log" 2>&1; then
        fail "$name, before: a load brings f01 back"
    else
        pass "$name, before: a load of f01 fails ($(tail -n 1 "$work/step.log" | cut -c1-120))"
    fi
    stop_daemon
    start_daemon "$work/$name.before" "$work/x"
    expect_families "$name, before, after a stop of dockerd" hurt 14
    stop_daemon
    repaired_store $name 01 02 03 04 05 06 07 08 09 10 11 12 13 14
}

# ---- every file of every record, and every link ----

all_records() {
    local name=records kind n lines=
    for n in 01 02; do
        for kind in diff cache-id size parent; do
            for layer in 0 1 2; do
                [ "$kind $layer" = "parent 0" ] || lines+="damage: truncate {record f$n:2 $layer}/$kind"$'\n'
            done
        done
    done
    damaged_copies "$work/few" $name <<<"${lines%$'\n'}"
    start_daemon "$work/$name.before" "$work/x"
    expect_families "$name, before" hurt 01 02
    stop_daemon
    repaired_store $name 01 02 03
}

no_links() {
    local name=links
    damaged_copies "$work/few" $name <<'RECIPE'
damage: remove overlay2/l
damage: truncate {record f03:2 1}/diff
RECIPE
    start_daemon "$work/$name.before" "$work/x"
    expect_families "$name, before" hurt 01 02 03
    stop_daemon
    repaired_store $name 01 02 03
}

# ---- what keeps dockerd from starting ----

parent_cycle() {
    local name=cycle
    damaged_copies "$work/few" $name <<'RECIPE'
damage: write {record f01:1 1}/parent {chain f01:1 1}
RECIPE
    expect_no_start "$work/$name.before" $name
    repaired_store $name 01 02 03
}

# Names of images have no proof but the containers that were made of them.
lost_names() {
    local name=$1 line=$2 n
    damaged_copies "$work/few" "$name" <<<"$line"
    expect_no_start "$work/$name.before" "$name"
    repair "$work/$name"
    if [ $((code & ~5)) = 0 ] && [ $((code & 1)) = 1 ]; then
        pass "$name: repaired (exit $code)"
    else
        fail "$name: repair: exit $code" "$(head -n 5 "$work/report.err")" "$(brief_findings)"
    fi
    start_daemon "$work/$name" "$work/x"
    for n in 01 02 03; do
        if [ "$(docker image inspect -f '{{.Id}}' "f$n:1" 2>&1)" = "$(cat "$work/id.f$n:1")" ] &&
            [ "$(docker start -a "c$n" 2>&1)" = "family $n" ]; then
            pass "$name: f$n:1 has its name, c$n starts"
        else
            fail "$name: f$n:1 has lost its name, or c$n does not start" "$(docker images -a 2>&1 | head -n 9)"
        fi
        # Without a name it is still there, by its id.
        docker image inspect "f$n:2" >/dev/null 2>&1 || docker tag "$(cat "$work/id.f$n:2")" "f$n:2"
    done
    expect_families "$name, repaired" well 01 02 03
    stop_daemon
    expect_sound "$name"
    expect_undone "$name"
    drop "$name"
}

note_ids() {
    local n
    for n in 01 02 03; do
        for tag in 1 2; do
            jq -r --arg name "f$n" --arg ref "f$n:$tag" '.Repositories[$name][$ref]' \
                "$work/few/image/overlay2/repositories.json" >"$work/id.f$n:$tag"
        done
    done
}

# ---- what only a load brings back ----

# A load heals nothing of what is there, says it did, and does so once the damaged part is set aside.
set_aside() {
    local name=evicted n
    damaged_copies "$work/few" $name <<'RECIPE'
damage: cut {record f01:1 0}/tar-split.json.gz 100
damage: remove {dir f02:1 0}
damage: flip {config f03:2} 20
RECIPE
    start_daemon "$work/$name.before" "$work/x"
    expect_families "$name, before" hurt 01 02 03
    for n in 01 02; do
        must "$name, before: a load of f$n says that all is well" docker load -i "$work/f$n.tar"
    done
    expect_families "$name, before, loaded" hurt 01 02
    stop_daemon
    repair "$work/$name" --evict-damaged
    if [ $((code & ~5)) = 0 ] && [ $((code & 1)) = 1 ]; then
        pass "$name: repaired (exit $code)"
    else
        fail "$name: repair: exit $code" "$(head -n 5 "$work/report.err")" "$(brief_findings)"
    fi
    start_daemon "$work/$name" "$work/x"
    for n in 01 02 03; do
        must "$name: a load of f$n" docker load -i "$work/f$n.tar"
    done
    # Layers that came anew have other directories: what the containers of the old ones stand on is joined
    # with them by another repair. Containers whose image was away are listed by the next start.
    stop_daemon
    expect_repaired $name 1
    start_daemon "$work/$name" "$work/x"
    expect_families "$name, loaded" well 01 02 03
    stop_daemon
    expect_sound $name
    expect_undone $name --evict-damaged
    drop $name
}

all=(01 02 03 04 05 06 07 08 09 10 11 12 13 14)
make_families "${all[@]}"
make_store "$work/many" "${all[@]}"
make_store "$work/few" 01 02 03
note_ids
start_daemon "$work/few" "$work/x"
expect_families "the undamaged store" well 01
stop_daemon
single_damages
all_records
no_links
parent_cycle
lost_names no-names "damage: truncate image/overlay2/repositories.json"
lost_names cut-names "damage: cut image/overlay2/repositories.json 250"
set_aside
