#!/bin/bash
# dockerd is killed in the middle of builds, loads, runs and removals, again and again on one data root.
# drydock reads the store as it lies: what it calls a leftover or an orphan is moved away, and the next
# daemon is the witness that nothing was taken from anybody: it lists, runs, saves and builds from its cache.
# Every fifth round all is removed by the daemon's own means, and what is left then was named, or is now.
#
#     killed_store.sh [ROUNDS [SEED]]      also DRYDOCK_KILL_ROUNDS, DRYDOCK_KILL_SEED
#
# The seed decides what is started and when the kill comes; what the daemon is doing then is up to the
# machine. DRYDOCK_DAEMON_FAILED names a folder for the stores of failures.
. "$(dirname "$0")/lib.sh"
. "$here/archive.sh"
. "$here/killing.sh"
. "$here/leftovers.sh"
require unshare pgrep shuf timeout chattr

rounds=${1:-${DRYDOCK_KILL_ROUNDS:-20}}
seed=${2:-${DRYDOCK_KILL_SEED:-$((SRANDOM % 30000))}}
root=$work/r
permanent_images=(plain:full plain:base plain:twice imported:keep classic:keep kit:keep committed:keep)
permanent_containers=(created exited failed running paused restarting)
cache_kept=yes  # no prune since the permanent images were built

# ---- the store that every fifth round begins with ----

make_context() {
    mkdir -p "$work/context/tree/sub"
    seq 300 >"$work/context/tree/file"
    ln "$work/context/tree/file" "$work/context/tree/sub/linked"
    ln -s ../file "$work/context/tree/sub/link"
    tar -C "$work/context/tree" --format=gnu -czf "$work/context/tree.tar.gz" .
    cat >"$work/context/classic" <<-'END'
	FROM plain:base
	COPY tree /tree
	RUN seq 500 >/made && rm -rf /data/wipe
	ENV nothing=changed
	RUN echo more >>/made && mv /tree/sub /tree/bus
	END
    cat >"$work/context/kit" <<-'END'
	FROM plain:base AS tools
	RUN --mount=type=cache,target=/cache,id=keep seq 1000 >/cache/kept && cp /cache/kept /made
	RUN --mount=type=bind,source=tree,target=/src cp -a /src /copied
	FROM plain:full
	COPY --from=tools /made /copied /result/
	COPY tree /tree
	RUN echo kept >>/result/made
	RUN chmod 700 /tree && rm /tree/file
	END
}


build_kit() {
    DOCKER_BUILDKIT=1 client build --progress=plain --network none -t kit:keep -f "$work/context/kit" \
        "$work/context"
}

build_classic() {
    DOCKER_BUILDKIT=0 client build --network none -t classic:keep -f "$work/context/classic" "$work/context"
}

# A container whose removal failed half-way.
make_dead() {
    local file
    must run docker run --network none --label keep --name dead plain:base sh -c 'echo x >/stuck'
    file=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' dead)/stuck
    must chattr chattr +i "$file"
    docker rm dead >/dev/null 2>&1 && give_up "a container with an immutable file was removed"
    must chattr chattr -i "$file"
    [ "$(docker inspect -f '{{.State.Status}}' dead)" = dead ] || give_up "the container is not dead"
}

remove_transient() {
    client images -q 'op/*' | sort -u | xargs timeout 120 /usr/bin/docker rmi -f
}

make_containers() {
    local keep=(--network none --label keep --stop-timeout 1)
    must volume docker volume create --label keep data
    must create docker create "${keep[@]}" --name created plain:full sh
    must run docker run "${keep[@]}" --name exited -v data:/data/volume plain:full \
        sh -c 'echo c >>/etc/group; rm -rf /data/wipe; mkdir /data/wipe; mv /swap /moved; echo v >/data/volume/x'
    docker run "${keep[@]}" --name failed kit:keep sh -c 'rm -rf /tree; echo t >/tree; exit 1'
    must run docker run "${keep[@]}" -d --name running classic:keep sleep 100000
    must run docker run "${keep[@]}" -d --name paused plain:base sleep 100000
    must run docker run "${keep[@]}" -d --restart always --name restarting plain:base sh -c 'sleep 1; exit 1'
    must commit docker commit exited committed:keep
    must run docker run --network none --rm plain:twice true
}

prepare() {
    make_context
    make_archive "$work/plain.tar"
    must "an archive of drydock-samples" "$samples" archive "$work/samples.tar"
    start_session
    must load docker load -i "$work/plain.tar"
    must load docker load -i "$work/samples.tar"
    must import docker import --change 'CMD ["/bin/sh"]' --change 'ENV PATH=/bin' "$work/archive/layers/base" \
        imported:keep
    must "classic build" build_classic
    must "BuildKit build" build_kit
    # Layers and caches that no image needs.
    RANDOM=$seed
    must build work_buildkit
    must build work_buildkit
    must build work_classic
    must rmi remove_transient
    # And some for the first kills to remove.
    must build work_classic
    must build work_classic
    must build work_buildkit
    make_containers
    make_dead
    end_session TERM
    judge "$root" "the prepared store" && pass "the prepared store: $(jq -c .summary.by_code "$work/report.json")"
    must "copy of the store" cp -a --reflink=auto "$root" "$work/prepared"
}

restore() {
    rm -rf --one-file-system "$root"
    must "copy of the store" cp -a --reflink=auto "$work/prepared" "$root"
    cache_kept=yes
}

# ---- the questions to the witness ----

# expect_lines WHAT FILE_WANTED FILE_ACTUAL
expect_lines() {
    if ! cmp -s "$2" "$3"; then
        complaints+=("$1: < in the store, > of the daemon:" "$(diff "$2" "$3" | grep '^[<>]' | head -n 8)")
    fi
}

# ask WHAT COMMAND...
ask() {
    local what=$1
    shift
    timeout -k 1 120 "$@" >"$work/answer" 2>&1 || complaints+=("$what: $*" "$(tail -n 5 "$work/answer")")
}

# What the records say, before the daemon starts.
expected_lists() {
    local folder id
    find "$root/$image/imagedb/content/sha256" -type f -printf 'sha256:%f\n' | sort >"$work/images.wanted"
    jq -r '.Repositories[] | keys[] | select(contains("@") | not)' "$root/$image/repositories.json" |
        sort >"$work/tags.wanted"
    # A half-removed container may be listed or not, and one with --rm goes at the start.
    for folder in "$root"/containers/*/; do
        id=$(basename "$folder")
        jq -e '.State.Dead or .State.RemovalInProgress | not' "$folder/config.v2.json" >/dev/null 2>&1 &&
            jq -e '.AutoRemove | not' "$folder/hostconfig.json" >/dev/null 2>&1 && echo "$id"
    done | sort >"$work/containers.wanted"
}

ask_lists() {
    docker images -a --no-trunc -q | sort -u >"$work/images.actual"
    expect_lines images "$work/images.wanted" "$work/images.actual"
    docker images --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' | sort >"$work/tags.actual"
    expect_lines tags "$work/tags.wanted" "$work/tags.actual"
    docker ps -a --no-trunc -q | sort >"$work/containers.listed"
    grep -xFf "$work/containers.wanted" "$work/containers.listed" >"$work/containers.actual"
    expect_lines containers "$work/containers.wanted" "$work/containers.actual"
}

ask_runs() {
    local name
    for name in "$@"; do
        ask "a container of $name" /usr/bin/docker run --rm --network none "$name" /bin/sh -c 'ls / && exit 0'
    done
}

ask_containers() {
    local name
    for name in "${permanent_containers[@]}"; do
        case $(docker inspect -f '{{.State.Status}}' "$name" 2>&1) in
            paused) ask unpause /usr/bin/docker unpause "$name" ;;
        esac
        ask "start of $name" /usr/bin/docker start "$name"
        ask "diff of $name" /usr/bin/docker diff "$name"
    done
    ask pause /usr/bin/docker pause paused
}

ask_save() {
    # shellcheck disable=SC2046
    ask "save of everything" /usr/bin/docker save -o "$work/saved.tar" $(docker images -q --no-trunc | sort -u)
    rm -f "$work/saved.tar"
}

ask_builds() {
    local steps
    build_classic >"$work/answer" 2>&1 || complaints+=("classic build" "$(tail -n 5 "$work/answer")")
    [ $cache_kept = no ] || [ "$(grep -c 'Using cache' "$work/answer")" = 4 ] ||
        complaints+=("classic build without its cache" "$(cat "$work/answer")")
    build_kit >"$work/answer" 2>&1 || complaints+=("BuildKit build" "$(tail -n 5 "$work/answer")")
    steps=$(grep -oE '^#[0-9]+ \[.*\] (RUN|COPY)' "$work/answer" | cut -d' ' -f1 | sort -u)
    [ $cache_kept = no ] || [ "$steps" = "$(grep -E '^#[0-9]+ CACHED' "$work/answer" | cut -d' ' -f1 | sort -u)" ] ||
        complaints+=("BuildKit build without its cache" "$(grep -E '^#' "$work/answer" | head -n 40)")
    cache_kept=yes
}

# ask_witness LABEL all|some
ask_witness() {
    local label=$1
    complaints=()
    ask_lists
    # What was half removed can be removed.
    for id in $(docker ps -aq --filter status=dead); do
        ask "removal of a dead container" /usr/bin/docker rm -f "$id"
    done
    if [ "$2" = all ]; then
        ask_containers
        ask_runs "${permanent_images[@]}"
        ask_save
        ask_builds
    else
        questions=(ask_containers ask_runs ask_save ask_builds)
        names=("${permanent_images[@]}")
        some questions 2
        some names 2
        for question in "${questions[@]}"; do
            "$question" "${names[@]}"
        done
    fi
    if [ ${#complaints[@]} != 0 ]; then
        fail "$label: the daemon misses something" "${complaints[@]}"
        return 1
    fi
}

# ---- the rounds ----

# The daemon refuses what it thinks is still in use by a build that has just ended.
prune_build_cache() {
    local i
    for i in $(seq 30); do
        timeout 120 /usr/bin/docker builder prune -af >/dev/null 2>&1
        [ "$(timeout 60 /usr/bin/docker system df --format '{{.Type}} {{.TotalCount}}' 2>/dev/null |
            grep '^Build Cache')" != "Build Cache 0" ] || return 0
        sleep 0.5
    done
    give_up "the daemon does not give up its build cache" "$(timeout 60 /usr/bin/docker system df 2>&1)"
}

# BuildKit may keep a snapshot that no lease and no record of the cache names any more: its own database does.
add_forgotten_snapshots() {
    local name
    while IFS= read -r name; do
        ! grep -aqF "$name" "$root/buildkit/snapshots.db" || owned_directory "$name"
    done < <(comm -13 "$work/owned" "$work/left" | sed -nE 's#^overlay2/([0-9a-z]{25})$#\1#p') >"$work/forgotten"
    sort -u -o "$work/owned" "$work/owned" "$work/forgotten"
}

# Everything but one container and its image goes by the daemon's own commands (an owner of which nothing is
# left proves nothing). What more there is then has no owner, and is named.
purge() {
    local label=$1 kept before
    docker ps -aq --no-trunc | grep -vxF "$(docker inspect -f '{{.Id}}' created)" |
        xargs -r timeout 120 /usr/bin/docker rm -fv >/dev/null 2>&1
    kept=$(docker image inspect -f '{{.Id}}' plain:full)
    for _ in 1 2 3; do
        docker images -aq --no-trunc | sort -u | grep -vxF "$kept" | xargs -r timeout 120 /usr/bin/docker rmi -f >/dev/null 2>&1
    done
    prune_build_cache
    docker volume prune -f >/dev/null 2>&1
    end_session TERM
    owned_by created >"$work/owned"
    before=$(remains "$root" | comm -23 - "$work/owned" | wc -l)
    set_aside "$root" "$label, purged" || return
    remains "$root" >"$work/left"
    add_forgotten_snapshots
    if cmp -s "$work/owned" "$work/left"; then
        pass "$label, purged: $before entries had no owner, all were named"
    else
        fail "$label, purged: > without an owner and not named, < lost" \
            "$(diff "$work/owned" "$work/left" | grep '^[<>]' | head -n 20)"
        keep_store "$root"
    fi
}

one_round() {
    local label="round $1" depth=$2 level=metadata
    [ "$depth" != all ] || level=content
    kill_at_work $((seed + $1))
    ! grep -qE 'worker .*: prune' "$work/ops.log" || cache_kept=no
    set_aside "$root" "$label" $level || broken=yes
    expected_lists
    start_session
    ask_witness "$label" "$depth" || { keep_store "$root"; broken=yes; }
    [ $broken = yes ] || pass "$label ($moment): ${named:-nothing} named, $(grep -c . "$work/moved") moved away"
}

echo "     $script: $rounds rounds, seed $seed"
prepare
missing_owners
start_session
for ((round = 1; round <= rounds; round++)); do
    broken=no
    depth=some
    [ $round != "$rounds" ] || depth=all
    one_round $round $depth
    if [ $((round % 5)) = 0 ] || [ $round = "$rounds" ] || [ $broken = yes ]; then
        purge "round $round"
        restore
        [ $round = "$rounds" ] || start_session
    fi
done
