# Starts and stops a dockerd of our own on a given data root; sourced by make_store.sh and run.sh.
#
# Ends only processes that it started, by their id, and unmounts only what lies at or below that root. The
# sockets live in a fresh folder of /tmp because their path may not be longer than 107 bytes. Who sources this
# calls stop_daemon in its EXIT trap; without a daemon that does nothing.
# shellcheck shell=bash

# Another client may stand earlier on the PATH.
readonly kDocker=/usr/bin/docker
daemon_pid=""
daemon_root=""
daemon_run=""

start_daemon() {
    daemon_root="$(realpath "$1")"
    daemon_run="$(mktemp -d /tmp/ddb.XXXXXX)"
    mkdir "$daemon_run/client"
    # A configuration of the machine's own daemon or client must not reach these.
    echo '{}' > "$daemon_run/daemon.json"
    unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
    export DOCKER_CONFIG="$daemon_run/client" DOCKER_HOST="unix://$daemon_run/d.sock"
    # Without TMPDIR dockerd makes its temporary files below its root, as an installed one does.
    env -u TMPDIR setsid /usr/sbin/dockerd --config-file "$daemon_run/daemon.json" --data-root "$daemon_root" \
        --exec-root "$daemon_run/x" --pidfile "$daemon_run/d.pid" -H "$DOCKER_HOST" --storage-driver overlay2 \
        --iptables=false --ip6tables=false --bridge=none > "$daemon_run/log" 2>&1 < /dev/null &
    daemon_pid=$!
    for _ in {1..150}; do
        "$kDocker" version > /dev/null 2>&1 && return 0
        kill -0 "$daemon_pid" 2> /dev/null || break
        sleep 0.2
    done
    tail -5 "$daemon_run/log" >&2
    echo "dockerd does not start" >&2
    return 1
}

stop_daemon() {
    [[ -n $daemon_pid ]] || return 0
    local containerd_pid
    containerd_pid=$(cat "$daemon_run/x/containerd/containerd.pid" 2> /dev/null || true)
    end_process "$daemon_pid"
    # A daemon that was killed leaves its containerd; the number may be somebody else's by now.
    if [[ -n $containerd_pid ]] && grep -qsF "$daemon_run/" "/proc/$containerd_pid/cmdline"; then
        end_process "$containerd_pid"
    fi
    daemon_pid=""
    unset DOCKER_HOST DOCKER_CONFIG
    unmount_below "$daemon_root"
    unmount_below "$daemon_run"
    rm -rf --one-file-system "$daemon_run"
}

end_process() {
    kill -TERM "$1" 2> /dev/null || return 0
    for _ in {1..300}; do
        kill -0 "$1" 2> /dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$1" 2> /dev/null || true
}

unmount_below() {
    local point
    # The kernel writes odd bytes of a mount point as octal escapes; the last mount goes first.
    awk '{print $2}' /proc/self/mounts | tac | while IFS= read -r point; do
        point=$(printf '%b' "$point")
        case $point in
            "$1" | "$1"/*) umount "$point" || true ;;
        esac
    done
}
