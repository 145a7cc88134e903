# A daemon that can be killed with all that belongs to it, and the work it is killed in. Sourced.
#
# dockerd runs in a pid and a mount namespace of its own: when it is killed, containerd, shims, runc and the
# processes of containers die in the same moment and no mount stays, as after a reset of the machine that lost
# no write. Clients are bounded and ended by their process group: one whose daemon is gone may wait for ever.
# shellcheck shell=bash disable=SC2154

workers=()      # process groups of the clients that are at work
session_count=0

# Its first process waits for dockerd, and takes the namespace down with itself.
dockerd_prefix=(unshare --pid --fork --mount-proc --kill-child
    bash -c '"$@" & trap "" TERM INT; while kill -0 $! 2>/dev/null; do wait $!; done' bash)

# start_session: a daemon on $root. A killed one leaves sockets and states in its exec root: each has its own.
start_session() {
    session_count=$((session_count + 1))
    exec_root=$work/x$session_count
    start_daemon "$root" "$exec_root" --cgroup-parent "/drydock-$$" --exec-opt native.cgroupdriver=cgroupfs
    holder=${daemons[-1]%% *}
    local init
    read -r init _ <"/proc/$holder/task/$holder/children"
    dockerd_pid=$(pgrep -P "$init" -x dockerd) || give_up "the process of dockerd was not found"
}

# The processes of a paused container take no signal, not even KILL, where cgroups are of version 1.
thaw() {
    find /sys/fs/cgroup/freezer -path "*/drydock-$$*" -name freezer.state 2>/dev/null |
        while read -r state; do
            echo THAWED >"$state"
        done 2>/dev/null
}

# end_session SIGNAL: afterwards no process of the daemon lives.
end_session() {
    local i
    kill -"$1" "$dockerd_pid" 2>/dev/null
    for i in $(seq 600); do
        kill -0 "$holder" 2>/dev/null || break
        [ "$1" != KILL ] || thaw
        sleep 0.1
    done
    if [ "$i" = 600 ]; then
        kill -KILL "$holder"
        give_up "dockerd did not end after $1" "$(tail -n 15 "$exec_root/d.log")"
    fi
    wait "$holder" 2>/dev/null
    unset "daemons[-1]"
    cp "$exec_root/d.log" "$work/last-daemon.log"
    rm -rf --one-file-system "$exec_root"
}

# Containers that were killed leave empty control groups behind, in every hierarchy.
remove_cgroups() {
    find /sys/fs/cgroup -depth -type d -path "*/drydock-$$*" -exec rmdir {} + 2>/dev/null
}

end_workers() {
    local pid
    for pid in "${workers[@]}"; do
        kill -KILL -- "-$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    workers=()
}

finish_killing() {
    local status=$?
    trap - EXIT
    end_workers
    # What is left of a session when the script gives up: its first process, and with it all others.
    if [ ${#daemons[@]} != 0 ]; then
        kill -KILL "${daemons[-1]%% *}" 2>/dev/null && sleep 0.5 && thaw
        # Its number means another process out here.
        rm -f "$exec_root/containerd/containerd.pid"
    fi
    remove_cgroups
    (exit "$status")
    finish
}
trap finish_killing EXIT

# ---- the work ----

client() {
    timeout --foreground -k 1 120 /usr/bin/docker "$@"
}

docker() {
    client "$@"
}

# pick VARIABLE WORD...: no command substitution, which would draw from a generator of its own.
pick() {
    local -n picked=$1
    shift
    shift $((RANDOM % $#))
    # shellcheck disable=SC2034
    picked=$1
}

pick_image() {
    pick "$1" plain:base plain:full classic:keep kit:keep
}

# some LIST_NAME COUNT: as many of the list, in any order.
some() {
    local -n some_of=$1
    local number=$2 draw=$RANDOM
    mapfile -t some_of < <(printf '%s\n' "${some_of[@]}" | shuf -n "$number" --random-source=<(yes "$draw"))
}

# What takes a moment to write and to remove is more likely to be hit. For a shell in a container.
many_files='mkdir /many && for a in 0 1 2 3 4 5 6 7 8 9; do for b in 0 1 2 3 4 5 6 7 8 9; do
    for c in 0 1 2 3 4 5 6 7 8 9; do echo $a$b$c >/many/$a$b$c; done; done; done'
many_files=$(tr -s '\n ' ' ' <<<"$many_files")

work_classic() {
    local base
    pick_image base
    DOCKER_BUILDKIT=0 client build -q --network none -t "op/classic:$((RANDOM % 4))" -f - "$work/context" <<END
FROM $base
COPY tree /tree$RANDOM
RUN seq $RANDOM >/one && $many_files
RUN seq $RANDOM >/two && rm -rf /many
ENV three=$RANDOM
RUN echo $RANDOM >/four
END
}

work_buildkit() {
    local base last add=
    pick_image base
    pick last plain:base kit:keep scratch
    [ $((RANDOM % 3)) = 0 ] || add="ADD tree.tar.gz /unpacked$RANDOM/"
    DOCKER_BUILDKIT=1 client build -q --network none -t "op/kit:$((RANDOM % 4))" -f - "$work/context" <<END
FROM $base AS first
RUN --mount=type=cache,target=/cache,id=c$((RANDOM % 3)) echo $RANDOM >>/cache/file && seq $RANDOM >/one && $many_files
RUN --mount=type=bind,source=tree,target=/src cp -a /src /copied && echo $RANDOM >/copied/x
FROM $last
COPY --from=first /one /copied /result/
COPY tree /tree$RANDOM
$add
END
}

work_load() {
    local name
    pick name demo/base:1 demo/web:1 demo/api:1 demo/web:2
    client rmi -f "$name"
    client load -i "$work/samples.tar"
}

work_import() {
    client import "$work/samples.tar" "op/imported:$((RANDOM % 3))"
}

work_run() {
    local base pause options=(--network none --stop-timeout 1 -v "op$((RANDOM % 5)):/volume")
    case $((RANDOM % 4)) in
        0) options+=(--rm) ;;
        1) options+=(-d --restart on-failure:3) ;;
        2) options+=(-d) ;;
    esac
    pick_image base
    pick pause 0 0 1 30
    client run "${options[@]}" "$base" \
        sh -c "seq $RANDOM >/made; $many_files; rm -rf /data/wipe; sleep $pause; exit $((RANDOM % 2))"
}

work_create() {
    local base
    pick_image base
    client create --network none "$base" true
}

work_rm() {
    local list
    mapfile -t list < <(client ps -aq | grep -vxFf <(client ps -aq --filter label=keep))
    [ ${#list[@]} != 0 ] || return
    some list 3
    client rm -fv "${list[@]}"
}

work_commit() {
    local name
    pick name exited failed
    client commit "$name" "op/commit:$((RANDOM % 3))"
}

work_rmi() {
    local list
    mapfile -t list < <(client images -q 'op/*' | sort -u)
    [ ${#list[@]} != 0 ] || return
    some list 3
    client rmi -f "${list[@]}"
}

work_prune() {
    case $((RANDOM % 5)) in
        0) client builder prune -f ;;
        1) client builder prune -af ;;
        2) client image prune -f ;;
        3) client system prune -f --filter 'label!=keep' ;;
        4) client container prune -f --filter 'label!=keep' && client volume prune -f --filter 'label!=keep' ;;
    esac
}

# worker SEED KIND...
worker() {
    local kind seed=$1
    shift
    RANDOM=$seed
    while :; do
        pick kind "$@"
        echo "worker $seed: $kind"
        "work_$kind" || sleep 0.05
    done
}

# ---- the moment of the kill ----

# Some states last a few milliseconds: half of the kills wait (for a while) until one is seen.

count_without() {
    local folder number=0
    for folder in "$1"/*/; do
        [ -e "$folder/$2" ] || number=$((number + 1))
    done
    echo $number
}

is_removing_layer() {
    compgen -G "$root/image/overlay2/layerdb/sha256/*-removing" >/dev/null
}

is_committing_layer() {
    compgen -G "$root/image/overlay2/layerdb/tmp/write-set-*/cache-id" >/dev/null
}

is_half_directory() {
    [ "$(count_without "$root/overlay2" link)" != "$half_directories" ]
}

is_half_container() {
    [ "$(count_without "$root/containers" config.v2.json)" != "$half_containers" ]
}

# kill_at_work SEED: three workers, and the end after at most four seconds.
kill_at_work() {
    local number delay kinds end half_directories half_containers
    RANDOM=$1
    pick moment any any any removing_layer removing_layer committing_layer half_directory half_directory \
        half_container
    case $moment in
        removing_layer | half_directory) kinds=(run run rm rm rm rmi rmi prune classic buildkit) ;;
        committing_layer) kinds=(classic buildkit buildkit load import commit create run) ;;
        *) kinds=(classic classic buildkit buildkit buildkit load import run run create rm rm commit rmi rmi
            prune) ;;
    esac
    : >"$work/ops.log"
    set -m
    for number in 1 2 3; do
        worker $(($1 * 10 + number)) "${kinds[@]}" >>"$work/ops.log" 2>&1 </dev/null &
        workers+=($!)
    done
    set +m
    delay=$((300 + RANDOM % 2200))
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    if [ $moment != any ]; then
        half_directories=$(count_without "$root/overlay2" link)
        half_containers=$(count_without "$root/containers" config.v2.json)
        end=$((${EPOCHREALTIME/./} + 2000000))
        until "is_$moment" || [ ${EPOCHREALTIME/./} -gt $end ]; do :; done
    fi
    end_session KILL
    end_workers
}
