# Common ground of the end-to-end tests: a real dockerd on a data root of its own, a registry on the
# loopback, and the questions asked of drydock. Sourced, never run.
#
# Every process is ended by the id that was noted when it was started, every mount is below the folder
# that mktemp made: several runs may go on side by side on a machine that has a daemon of its own.
# shellcheck shell=bash disable=SC2034

set -uo pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
script=$(basename "$0" .sh)

passed=0
failed=0
daemons=()     # "pid data-root exec-root" of every daemon that was started and not yet stopped
registry_pid=
disk_error=
dockerd_prefix=()  # a command that starts dockerd in surroundings of its own

unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

pass() {
    passed=$((passed + 1))
    echo "ok   $script: $*"
}

# Further arguments are lines that explain.
fail() {
    failed=$((failed + 1))
    echo "FAIL $script: $1"
    shift
    local line
    for line in "$@"; do
        printf '%s\n' "$line" | sed 's/^/       /'
    done
}

# Something that the test itself needs went wrong: nothing after it would mean anything.
give_up() {
    fail "$@"
    exit 1
}

# must LABEL COMMAND...: a step of the test itself, silent while it works.
must() {
    local label=$1
    shift
    if ! "$@" >"$work/step.log" 2>&1; then
        give_up "$label" "command: $*" "$(tail -n 15 "$work/step.log")"
    fi
}

require() {
    local tool missing=()
    [ "$(id -u)" = 0 ] || give_up "must run as root: dockerd, mounts and device nodes need it"
    for tool in dockerd containerd runc busybox jq getfattr setfattr setfacl getfacl mkfs.ext4 losetup \
        docker-registry "$@"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    # Another client may stand earlier on the PATH, without BuildKit or of another version.
    [ -x /usr/bin/docker ] || missing+=(/usr/bin/docker)
    [ ${#missing[@]} = 0 ] || give_up "missing: ${missing[*]}"
    [ -z "$disk_error" ] || give_up "no file system for the stores below $outside" "$disk_error"
    find_binary drydock DRYDOCK_BINARY
    find_binary drydock-samples DRYDOCK_SAMPLES_BINARY
    drydock=$DRYDOCK_BINARY
    samples=$DRYDOCK_SAMPLES_BINARY
}

# The binary is what the environment names, else what the dev preset has built.
find_binary() {
    local name=$1 variable=$2 found=
    if [ -z "${!variable:-}" ]; then
        found=$(find "$repo/build/dev" -type f -name "$name" -perm -u+x -print -quit 2>/dev/null)
        [ -n "$found" ] || give_up "no $name below build/dev: build it first, or set $variable"
        printf -v "$variable" %s "$found"
    fi
    [ -x "${!variable}" ] || give_up "$variable=${!variable} is no program"
}

# ---- the folder of this run, and its end ----

# A file system of its own: it takes every xattr whatever the machine's is (dockerd cannot work on an overlay),
# and no fsync waits for a disk.
outside=$(mktemp -d "${DRYDOCK_DAEMON_TMP:-/var/tmp}/dd.XXXXXX") || exit 1
work=$outside/w
mkdir "$work"
if ! { truncate -s 8G "$outside/disk" && mkfs.ext4 -q "$outside/disk" &&
    mount -o loop,barrier=0 "$outside/disk" "$work"; } 2>"$outside/error"; then
    disk_error=$(cat "$outside/error")
fi
export DOCKER_CONFIG=$work/client
mkdir "$DOCKER_CONFIG"

# unmount_below FOLDER [except-itself]
unmount_below() {
    local point
    # The kernel writes odd bytes of a mount point as octal escapes.
    awk '{print $2}' /proc/self/mounts | tac | while IFS= read -r point; do
        point=$(printf '%b' "$point")
        case $point in
            "$1") [ -n "${2:-}" ] || umount "$point" 2>/dev/null || umount -l "$point" ;;
            "$1"/*) umount "$point" 2>/dev/null || umount -l "$point" ;;
        esac
    done
}

finish() {
    local status=$? entry
    trap - EXIT
    for entry in "${daemons[@]}"; do
        # shellcheck disable=SC2086
        end_daemon TERM $entry
    done
    stop_registry
    unmount_below "$work" except-itself
    if [ -n "${DRYDOCK_DAEMON_KEEP:-}" ]; then
        echo "kept: $work, a mount of $outside/disk"
    else
        umount "$work" 2>/dev/null
        rm -rf --one-file-system "$outside"
    fi
    # A script that ended early without naming a failure is a failure too.
    [ "$status" = 0 ] || [ "$failed" != 0 ] || fail "ended early with status $status"
    echo "$script: $passed passed, $failed failed"
    [ "$failed" = 0 ] || exit 1
    exit 0
}
trap finish EXIT
trap 'exit 130' INT TERM

# ---- dockerd ----

docker() {
    /usr/bin/docker "$@"
}

# start_daemon DATA_ROOT EXEC_ROOT [options]: the exec root must be short, it holds sockets.
start_daemon() {
    launch_daemon "$@"
    await_daemon || give_up "dockerd did not come up on $1" "$(tail -n 15 "$2/d.log")"
}

# The same without waiting for it.
launch_daemon() {
    local root=$1 exec_root=$2 pid
    shift 2
    mkdir -p "$root" "$exec_root"
    # A configuration of the machine's own daemon must not reach this one.
    echo '{}' >"$exec_root/daemon.json"
    setsid "${dockerd_prefix[@]}" dockerd --config-file "$exec_root/daemon.json" --data-root "$root" \
        --exec-root "$exec_root" --pidfile "$exec_root/d.pid" -H "unix://$exec_root/d.sock" --bridge=none \
        --iptables=false --ip6tables=false --storage-driver overlay2 --debug "$@" \
        >>"$exec_root/d.log" 2>&1 </dev/null &
    pid=$!
    disown "$pid"  # else the shell announces its end when it is killed
    daemons+=("$pid $root $exec_root")
    export DOCKER_HOST=unix://$exec_root/d.sock
}

# Whether the daemon that was launched last comes up.
await_daemon() {
    local last=$((${#daemons[@]} - 1)) pid i
    pid=${daemons[$last]%% *}
    for i in $(seq 300); do
        docker version >/dev/null 2>&1 && return 0
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

end_daemon() {
    local signal=$1 pid=$2 root=$3 exec_root=$4 child i
    kill -"$signal" "$pid" 2>/dev/null
    for i in $(seq 300); do
        kill -0 "$pid" 2>/dev/null || break
        [ "$i" != 300 ] || kill -KILL "$pid"
        sleep 0.1
    done
    wait "$pid" 2>/dev/null
    # A daemon that was killed leaves its containerd behind; the number may be somebody else's by now.
    child=$(cat "$exec_root/containerd/containerd.pid" 2>/dev/null)
    if [ -n "$child" ] && tr '\0' '\n' 2>/dev/null <"/proc/$child/cmdline" | grep -qF "$exec_root/"; then
        kill -TERM "$child" 2>/dev/null
        for i in $(seq 100); do
            kill -0 "$child" 2>/dev/null || break
            [ "$i" != 100 ] || kill -KILL "$child"
            sleep 0.1
        done
    fi
    unmount_below "$root"
    unmount_below "$exec_root"
}

# The daemon that was started last. stop_daemon [SIGNAL]
stop_daemon() {
    local last=$((${#daemons[@]} - 1)) entry
    entry=${daemons[$last]}
    unset "daemons[$last]"
    # shellcheck disable=SC2086
    end_daemon "${1:-TERM}" $entry
}

# ---- a registry on the loopback ----

start_registry() {
    local i
    mkdir -p "$work/registry"
    for i in $(seq 20); do
        registry=127.0.0.1:$((20000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/${registry%:*}/${registry#*:}") 2>/dev/null && continue
        cat >"$work/registry.yml" <<YML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}, delete: {enabled: true}}
http: {addr: "$registry"}
YML
        setsid docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 </dev/null &
        registry_pid=$!
        for _ in $(seq 50); do
            kill -0 "$registry_pid" 2>/dev/null || break
            (exec 3<>"/dev/tcp/${registry%:*}/${registry#*:}") 2>/dev/null && return 0
            sleep 0.1
        done
    done
    give_up "the registry did not come up" "$(tail -n 5 "$work/registry.log")"
}

stop_registry() {
    [ -n "$registry_pid" ] || return 0
    kill "$registry_pid" 2>/dev/null
    wait "$registry_pid" 2>/dev/null
    registry_pid=
}

# ---- questions to drydock ----

# check ROOT [options]: the report goes to $work/report.json, what was said to report.err; status: $code.
check() {
    local root=$1
    shift
    "$drydock" check --format json "$@" "$root" >"$work/report.json" 2>"$work/report.err"
    code=$?
}

# The same for people, to $work/report.txt.
check_text() {
    local root=$1
    shift
    "$drydock" check "$@" "$root" >"$work/report.txt" 2>"$work/report.err"
    code=$?
}

brief_findings() {
    jq -r '.findings[]? | select('"${1:-true}"')
        | "\(.severity) \(.verdict) \(.code) \(.subject.kind) \(.subject.id) \(.path) \(.evidence | tojson)"' \
        "$work/report.json" 2>&1 | cut -c1-400 | head -n "${2:-15}"
}

# expect_clean ROOT LABEL: the whole promise for a store that a daemon left behind.
expect_clean() {
    local root=$1 label=$2
    check "$root"
    if [ "$code" = 0 ] && jq -e '.complete and .exit_code == 0 and (.stores | length > 0)
        and (.stores | all(.verdict == "sound")) and (.stores | map(.bytes_verified) | add > 0)
        and (.findings | all(.severity == "note"))' "$work/report.json" >/dev/null 2>&1; then
        pass "$label: clean ($(jq -r '.summary.by_code | to_entries
            | if . == [] then "no note" else map("\(.key) \(.value)") | join(", ") end' "$work/report.json"))"
    else
        fail "$label: exit $code, expected a clean report" "$(head -n 5 "$work/report.err")" \
            "$(brief_findings '.severity != "note"')" \
            "$(jq -c '.stores' "$work/report.json" 2>&1 | cut -c1-600)"
    fi
}

# expect_counts ROOT LABEL: the numbers of the store entry against what plain tools count.
expect_counts() {
    local root=$1 label=$2 image=$1/image/overlay2 wanted actual
    wanted=$(jq -cn --argjson images "$(find "$image/imagedb/content/sha256" -type f | wc -l)" \
        --argjson layers "$(find "$image/layerdb/sha256" -mindepth 1 -maxdepth 1 -type d \
            -regextype posix-extended -regex '.*/[0-9a-f]{64}' | wc -l)" \
        --argjson containers "$(find "$root/containers" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | wc -l)" \
        --argjson directories "$(find "$root/overlay2" -mindepth 1 -maxdepth 1 -type d \! -name l | wc -l)" \
        --argjson tags "$(jq '[.Repositories[] | keys[] | select(contains("@") | not)] | length' \
            "$image/repositories.json")" \
        '[$images, $layers, $containers, $directories, $tags]')
    check "$root" --level metadata
    actual=$(jq -c '.stores[0] | [.images, .layers, .containers, .driver_directories, .tags]' \
        "$work/report.json" 2>&1)
    if [ "$actual" = "$wanted" ]; then
        pass "$label: images, layers, containers, directories, tags are $wanted"
    else
        fail "$label: images, layers, containers, directories, tags are $actual, expected $wanted"
    fi
}

# expect_verified ROOT LABEL: every byte of every layer was hashed, or a note says of which layer it was not.
expect_verified() {
    local wanted actual
    wanted=$(find "$1/image/overlay2/layerdb/sha256" -name tar-split.json.gz -exec zcat {} + |
        jq -n 'reduce (inputs | select(.type == 1) | .size // 0) as $size (0; . + $size)')
    check "$1"
    actual=$(jq '[.stores[].bytes_verified] | add' "$work/report.json" 2>&1)
    if [ "$actual" = "$wanted" ] ||
        jq -e '.summary.by_code | has("layer-unverifiable")' "$work/report.json" >/dev/null 2>&1; then
        pass "$2: $actual of $wanted bytes verified"
    else
        fail "$2: $actual of $wanted bytes verified, and no word about the others"
    fi
}

# expect_same_reports ROOT LABEL: two runs say the same bytes, whatever the number of threads.
expect_same_reports() {
    check "$1" --jobs 1
    mv "$work/report.json" "$work/report.one"
    check "$1" --jobs 4
    if [ -s "$work/report.json" ] && cmp -s "$work/report.one" "$work/report.json"; then
        pass "$2: the reports of one and of four threads are the same bytes"
    else
        fail "$2: the reports of one and of four threads differ" \
            "$(diff "$work/report.one" "$work/report.json" | head -n 5)"
    fi
}

# manifest FOLDER: every path with all that lstat and listxattr tell. An access time of a symlink is not
# told: no call reads a symlink without changing it.
manifest() {
    local fields='%P\t%y %m %U:%G %s %n %i mtime %T@ ctime %C@'
    (cd "$1" && find . \( -type l -printf "$fields -> %l\\0" \) -o -printf "$fields atime %A@\\0") | sort -z |
        tr '\0' '\n'
    (cd "$1" && getfattr -R -P -h -d -m - -e hex . 2>&1)
}

# expect_untouched ROOT LABEL: drydock looks through a mount on which every read counts as an access
# (relatime would hide most of them), the manifests are made through one on which none does.
expect_untouched() {
    local root=$1 label=$2
    mkdir -p "$work/strict" "$work/quiet"
    must "$label: a view with strict access times" mount --bind "$root" "$work/strict"
    must "$label: a view with strict access times" mount -o remount,bind,strictatime "$work/strict"
    must "$label: a view without access times" mount --bind "$root" "$work/quiet"
    must "$label: a view without access times" mount -o remount,bind,noatime "$work/quiet"
    manifest "$work/quiet" >"$work/before"
    check "$work/strict"
    manifest "$work/quiet" >"$work/after"
    if [ -s "$work/report.json" ] && cmp -s "$work/before" "$work/after"; then
        pass "$label: nothing below the root has changed, not even an access time"
    else
        fail "$label: the check (exit $code) has changed the store, or did not run" \
            "$(diff "$work/before" "$work/after" | head -n 10)"
    fi
    umount "$work/strict" "$work/quiet"
}

# expect_exit ROOT LABEL CODES [PATTERN]: the status of the text report is one of CODES ("8 16"); PATTERN
# (grep -Ei) is found in the first line that is printed.
expect_exit() {
    local root=$1 label=$2 codes=" $3 " pattern=${4:-}
    check_text "$root"
    if [[ $codes != *" $code "* ]]; then
        fail "$label: exit $code, expected one of:$codes" "$(head -n 8 "$work/report.txt" "$work/report.err")"
    elif [ -n "$pattern" ] && ! cat "$work/report.txt" "$work/report.err" | head -n 1 | grep -qEi -- "$pattern"; then
        fail "$label: the first line does not match: $pattern" \
            "$(cat "$work/report.txt" "$work/report.err" | head -n 3)"
    else
        pass "$label: exit $code${pattern:+, \"$(cat "$work/report.txt" "$work/report.err" | head -n 1 |
            cut -c1-120)\"}"
    fi
}

# expect_findings ROOT LABEL CODE FINDING...: exactly these, each as "code verdict"; notes do not count.
expect_findings() {
    local root=$1 label=$2 wanted_code=$3 wanted actual
    shift 3
    wanted=$(printf '%s\n' "$@" | sort)
    check "$root"
    actual=$(jq -r '.findings[] | select(.severity != "note") | "\(.code) \(.verdict)"' \
        "$work/report.json" 2>&1 | sort)
    if [ "$code" = "$wanted_code" ] && [ "$actual" = "$wanted" ]; then
        pass "$label: exit $code, $(echo "$wanted" | tr '\n' ';' | sed 's/;$//')"
    else
        fail "$label: exit $code, expected $wanted_code with: $*" "$(brief_findings)" \
            "$(head -n 3 "$work/report.err")"
    fi
}

# clone FROM TO: a copy with everything that a check compares.
clone() {
    must "copy of the store to $2" cp -a --reflink=auto "$1" "$2"
}
