#!/bin/bash
# A real dockerd as the witness of what the container codes say: one root, a container for each damage; the
# daemon must leave out of its list exactly those that drydock says it does not load. What is said to keep the
# daemon from starting is planted alone, and it must not come up.
. "$(dirname "$0")/lib.sh"
require

root=$work/root
config=config.v2.json
host=hostconfig.json

# Containers that stay in the list, and those that vanish from it.
listed=(sound trailing no-network host-empty-object host-missing image-gone dead)
absent=(missing empty nul cut type other-id empty-id null no-driver host-empty host-cut host-list host-type
    foreign no-mount)

folder() {
    echo "$root/containers/${ids[$1]}"
}

# edit FILE FILTER: what jq makes of a file that the daemon wrote.
edit() {
    local text
    text=$(jq -c "$2" "$1") || give_up "$1 could not be edited"
    printf '%s\n' "$text" >"$1"
}

make_root() {
    local name
    declare -gA ids
    start_daemon "$root" "$work/x"
    mkdir -p "$work/image/bin"
    cp "$(command -v busybox)" "$work/image/bin/sh"
    tar -C "$work/image" -c . >"$work/image.tar"
    must "an image" docker import "$work/image.tar" demo/shell:1
    for name in "${listed[@]}" "${absent[@]}"; do
        must "container $name" docker create --network none --name "$name" demo/shell:1 sh
        ids[$name]=$(cat "$work/step.log")
    done
    stop_daemon
    must "a copy of the root" cp -a "$root" "$work/clean"
}

plant_listed() {
    printf '}{' >>"$(folder trailing)/$config"
    printf 'x' >>"$(folder trailing)/$host"
    edit "$(folder no-network)/$config" '.NetworkSettings = null'
    echo '{}' >"$(folder host-empty-object)/$host"
    rm "$(folder host-missing)/$host"
    edit "$(folder image-gone)/$config" '.Image = "sha256:" + "0f" * 32'
    edit "$(folder dead)/$config" '.State.RemovalInProgress = true'
}

plant_absent() {
    rm "$(folder missing)/$config"
    : >"$(folder empty)/$config"
    head -c 200 /dev/zero >"$(folder nul)/$config"
    truncate -s 100 "$(folder cut)/$config"
    edit "$(folder type)/$config" '.RestartCount = "0"'
    cp "$(folder sound)/$config" "$(folder other-id)/$config"
    edit "$(folder empty-id)/$config" '.ID = ""'
    echo null >"$(folder null)/$config"
    echo '{}' >"$(folder no-driver)/$config"
    : >"$(folder host-empty)/$host"
    truncate -s 100 "$(folder host-cut)/$host"
    echo '[]' >"$(folder host-list)/$host"
    edit "$(folder host-type)/$host" '.Memory = "1"'
    edit "$(folder foreign)/$config" '.Driver = "vfs"'
    rm -r "$root/image/overlay2/layerdb/mounts/${ids[no-mount]}"
}

# The code that each container must have; the others have none.
wanted_codes() {
    local name
    for name in nul cut type other-id empty-id null no-driver; do
        echo "$name container-config-corrupt error"
    done
    for name in host-empty host-cut host-list host-type; do
        echo "$name container-hostconfig-corrupt error"
    done
    echo "missing container-config-missing error"
    echo "empty container-config-empty error"
    echo "host-missing container-hostconfig-missing error"
    echo "no-mount mount-record-missing error"
    echo "image-gone container-image-missing note"
    echo "foreign container-foreign-driver note"
}

expect_codes() {
    local name wanted severity
    wanted_codes | while read -r name wanted severity; do
        echo "${ids[$name]} $wanted $severity"
    done | sort >"$work/wanted"
    check "$root" --level metadata
    jq -r '.findings[] | "\(.subject.id) \(.code) \(.severity)"' "$work/report.json" | sort >"$work/actual"
    if [ "$code" = 4 ] && [ -s "$work/wanted" ] && cmp -s "$work/wanted" "$work/actual"; then
        pass "check names $(wc -l <"$work/wanted") containers, each with its code"
    else
        fail "check: exit $code, not the codes that were planted" \
            "$(diff "$work/wanted" "$work/actual" | head -n 20)"
    fi
}

# What show says of every container against the list of the daemon that then starts, and the path of its data.
expect_list() {
    local name
    "$drydock" show --format json "$root" >"$work/show.json" 2>"$work/report.err"
    start_daemon "$root" "$work/x"
    docker ps -a --no-trunc -q | sort >"$work/list"
    stop_daemon
    for name in "${listed[@]}"; do
        expect_shown "$name" 1
    done
    for name in "${absent[@]}"; do
        expect_shown "$name" 0
    done
}

# shown_of NAME KEY
shown_of() {
    jq -r --arg id "${ids[$1]}" --arg key "$2" \
        '.stores[].containers[] | select(.id == $id) | .[$key] // ""' "$work/show.json"
}

# expect_shown NAME TIMES: how often the daemon lists it.
expect_shown() {
    local name=$1 times=$2 hidden writable
    hidden=$(shown_of "$name" hidden)
    writable=$(shown_of "$name" writable)
    if [ "$(grep -c "${ids[$name]}" "$work/list")" != "$times" ]; then
        fail "$name: the daemon lists it otherwise than this test knows"
    elif [ "$times" = 1 ] && [ -n "$hidden" ] || [ "$times" = 0 ] && [ -z "$hidden" ]; then
        fail "$name: show says \"$hidden\", and the daemon does otherwise"
    elif [ -z "$writable" ] && [ "$name" != no-mount ] || [ ! -d "$root/$writable" ]; then
        fail "$name: its data does not lie in \"$writable\""
    else
        pass "$name: ${hidden:-listed}"
    fi
}

# expect_down NAME CODE: the damage planted in the root keeps the daemon from starting.
expect_down() {
    local name=$1 wanted=$2 exec_root=$work/f pid fatal
    check "$root" --level metadata
    fatal=$(jq -r --arg id "${ids[sound]}" \
        '[.findings[] | select(.subject.id == $id and .severity != "note") | "\(.code) \(.severity)"] | join(", ")' "$work/report.json")
    rm -rf "$exec_root"
    mkdir "$exec_root"
    echo '{}' >"$exec_root/daemon.json"
    setsid dockerd --config-file "$exec_root/daemon.json" --data-root "$root" --exec-root "$exec_root" \
        --pidfile "$exec_root/d.pid" -H "unix://$exec_root/d.sock" --bridge=none --iptables=false \
        --ip6tables=false --storage-driver overlay2 >"$exec_root/d.log" 2>&1 </dev/null &
    pid=$!
    disown "$pid"
    daemons+=("$pid $root $exec_root")
    for _ in $(seq 150); do
        kill -0 "$pid" 2>/dev/null || break
        DOCKER_HOST=unix://$exec_root/d.sock docker version >/dev/null 2>&1 && break
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then
        fail "$name: the daemon came up, or did not end"
    elif ! grep -aq 'nil pointer dereference' "$exec_root/d.log"; then
        fail "$name: the daemon ended for another reason" "$(tail -n 5 "$exec_root/d.log")"
    elif [ "$fatal" != "$wanted fatal" ]; then
        fail "$name: the daemon crashes, and check says: $fatal" "$(brief_findings)"
    else
        pass "$name: fatal, and the daemon crashes"
    fi
    stop_daemon
}

# crash NAME CODE FILE FILTER [FILE FILTER]: of the container `sound` in a fresh root.
crash() {
    local name=$1 wanted=$2
    shift 2
    rm -rf --one-file-system "$root/containers"
    must "the containers" cp -a "$work/clean/containers" "$root/containers"
    while [ $# != 0 ]; do
        edit "$(folder sound)/$1" "$2"
        shift 2
    done
    expect_down "$name" "$wanted"
}

make_root
expect_clean "$root" "fresh containers"
plant_listed
plant_absent
expect_codes
expect_list

rm -rf --one-file-system "$root"
clone "$work/clean" "$root"
crash "a hostconfig that is null" container-hostconfig-corrupt $host null
crash "State null" container-config-corrupt $config '.State = null'
crash "State null, of another driver" container-config-corrupt $config '.State = null | .Driver = "vfs"'
crash "Config null" container-config-corrupt $config '.Config = null'
crash "Config absent" container-config-corrupt $config 'del(.Config)'
crash "StreamConfig null" container-config-corrupt $config '.StreamConfig = null'
crash "a mount point null" container-config-corrupt $config '.MountPoints = {"/x": null}'
crash "NetworkSettings null, to be restarted" container-config-corrupt $config '.NetworkSettings = null' \
    $host '.RestartPolicy.Name = "always"'
crash "a system spelt otherwise" container-config-corrupt $config '.OS = "Linux" | .Driver = ""'
