#!/bin/bash
# The bolt databases of a real daemon: sound as it leaves them, stopped or killed; and damaged, drydock says so
# exactly where the daemon then fails.
. "$(dirname "$0")/lib.sh"
require od dd

page=4096
databases=(buildkit/snapshots.db buildkit/containerdmeta.db buildkit/metadata_v2.db buildkit/cache.db
    volumes/metadata.db network/files/local-kv.db containerd/daemon/io.containerd.metadata.v1.bolt/meta.db)
root=$work/r

# ---- the format, as far as a damage has to know it (little-endian numbers) ----

# number FILE OFFSET BYTES
number() {
    od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# put FILE OFFSET OCTAL...: bytes.
put() {
    local file=$1 offset=$2
    shift 2
    printf '%b' "$(printf '\\0%s' "$@")" | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
}

# Where the meta page is that counts: the one with the later transaction.
meta_of() {
    if [ "$(number "$1" 64 8)" -gt "$(number "$1" $((page + 64)) 8)" ]; then echo 0; else echo $page; fi
}

root_page() {
    number "$1" $(($(meta_of "$1") + 32)) 8
}

# The page of the first bucket that has one of its own.
bucket_page() {
    local file=$1 at i element place bucket
    at=$(($(root_page "$file") * page))
    for i in $(seq 0 $(($(number "$file" $((at + 10)) 2) - 1))); do
        element=$((at + 16 + 16 * i))
        place=$((element + $(number "$file" $((element + 4)) 4) + $(number "$file" $((element + 8)) 4)))
        bucket=$(number "$file" "$place" 8)
        [ "$bucket" = 0 ] || break
    done
    echo "$bucket"
}

flip_checksum() {
    local byte
    byte=$(number "$1" $(($2 + 72)) 1)
    put "$1" $(($2 + 72)) "$(printf %o $((byte ^ 1)))"
}

# damage DATABASE KIND
damage() {
    local file=$root/$1 size
    size=$(stat -c %s "$file")
    case $2 in
        emptied) truncate -s 0 "$file" ;;
        cut) truncate -s 6000 "$file" ;;
        zeroed) truncate -s 0 "$file" && truncate -s "$size" "$file" ;;
        noise) head -c "$size" /dev/urandom >"$file" ;;
        one-meta) flip_checksum "$file" "$(meta_of "$file")" ;;
        both-metas) flip_checksum "$file" 0 && flip_checksum "$file" $page ;;
        freelist) put "$file" $(($(number "$file" $(($(meta_of "$file") + 48)) 8) * page + 8)) 0 ;;
        tree) put "$file" $(($(root_page "$file") * page + 8)) 0 0 ;;
        bucket) put "$file" $(($(bucket_page "$file") * page + 8)) 0 0 ;;
    esac
}

# ---- one root, whose databases are put back after each damage ----

save() {
    local name
    rm -rf "$work/saved"
    mkdir "$work/saved"
    for name in "${databases[@]}"; do
        must "a copy of $name" env -C "$root" cp -a --parents "$name" "$work/saved"
    done
}

put_back=
restore() {
    put_back=yes
    must "the databases put back" cp -a "$work/saved/." "$root"
}

# expect_report LABEL CODE FINDING...: each as "code severity verdict path". Once databases were put back, the
# directories of builds that they do not know are told too, and are no matter then; not before.
expect_report() {
    local label=$1 wanted_code=$2 wanted actual
    shift 2
    wanted=$(printf '%s\n' "$@" | sort)
    check "$root" --level metadata
    actual=$(jq -r --arg back "$put_back" '.findings[]
        | select(.severity != "note" and ($back == "" or .code != "driver-directory-orphan"))
        | "\(.code) \(.severity) \(.verdict) \(.path)"' "$work/report.json" 2>&1 | sort)
    if [ "$(jq '.findings | map(select(.code == "driver-directory-orphan")) | length' "$work/report.json")" != 0 ] &&
        [ -n "$put_back" ] && [ "$wanted_code" = 0 ] && [ "$code" = 4 ]; then
        code=0
    fi
    if [ "$code" = "$wanted_code" ] && [ "$actual" = "$wanted" ]; then
        pass "$label: exit $code${wanted:+, $wanted}"
    else
        fail "$label: exit $code, expected $wanted_code with: $*" "$(brief_findings)" "$(head -n 3 "$work/report.err")"
    fi
}

expect_no_start() {
    # What the one before left in it is no matter of this start.
    rm -rf --one-file-system "$work/x"
    launch_daemon "$root" "$work/x"
    if await_daemon; then
        fail "$1: dockerd starts"
    else
        pass "$1: dockerd fails ($(grep -aE '^panic|^fatal error|^unexpected fault|invalid database|too small|checksum error|failed to start daemon' \
            "$work/x/d.log" | tail -n 1 | tail -c 120))"
    fi
    stop_daemon
}

# ---- a root that was used ----

mkdir "$work/context" "$root"
cp "$(command -v busybox)" "$work/context/busybox"
cat >"$work/context/Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "echo one >/one"]
RUN ["/bin/busybox", "sh", "-c", "echo two >/two"]
RUN ["/bin/busybox", "sh", "-c", "echo three >/three"]
DOCKERFILE
build() {
    DOCKER_BUILDKIT=1 docker build -q --network none --no-cache --tag built:1 "$work/context"
}

start_daemon "$root" "$work/x"
stop_daemon
check "$root" --level metadata
expect_report "a daemon that did nothing" 0
start_daemon "$root" "$work/x"
must "a build" build
for i in $(seq 20); do
    must "a volume" docker volume create --label "number=$i" "volume$i"
    must "a network" docker network create --config-only "network$i"
done
must "an image less" docker rmi built:1
must "volumes less" docker volume rm volume3 volume7
must "networks less" docker network rm network2 network5
stop_daemon
expect_report "a daemon that was stopped" 0
start_daemon "$root" "$work/x"
must "another build" build
must "a volume" docker volume create last
stop_daemon KILL
rm -rf --one-file-system "$work/x" # as after a start of the machine
expect_report "a daemon that was killed" 0
start_daemon "$root" "$work/x"
expect_report "a daemon at work" 0
stop_daemon
save

# ---- what the daemon bears ----

for name in "${databases[@]}"; do
    damage "$name" one-meta
done
expect_report "one meta page of each is wrong" 0
start_daemon "$root" "$work/x"
must "a volume" docker volume create after
must "the use of space" docker system df
stop_daemon
restore

# An empty database of snapshots leaves the cache's records without any.
for name in "${databases[@]}"; do
    [ "$name" = buildkit/snapshots.db ] || damage "$name" emptied
done
expect_report "all but the snapshots have no bytes" 0
start_daemon "$root" "$work/x"
must "the use of space" docker system df
must "a build" build
stop_daemon
restore

damage buildkit/snapshots.db emptied
expect_report "no snapshots" 12 "builder-snapshot-dangling error damaged buildkit/metadata_v2.db" \
    "owner-missing fatal undetermined buildkit/snapshots.db"
start_daemon "$root" "$work/x"
if docker system df >"$work/step.log" 2>&1; then
    fail "no snapshots: docker system df works"
else
    pass "no snapshots: $(tail -n 1 "$work/step.log" | cut -c1-120)"
fi
stop_daemon
restore

# ---- what it does not bear ----

for kind in cut zeroed noise both-metas freelist tree; do
    for name in "${databases[@]}"; do
        damage "$name" "$kind"
        expect_report "$kind $name" 4 "database-corrupt fatal damaged $name"
        # Each start takes more than a second: where bolt refuses a file it is one way for all of them.
        case $kind-$name in
            zeroed-* | freelist-* | tree-* | *-buildkit/snapshots.db) expect_no_start "$kind $name" ;;
        esac
        restore
    done
done

# All at once are as many findings.
wanted=()
for name in "${databases[@]}"; do
    damage "$name" zeroed
    wanted+=("database-corrupt fatal damaged $name")
done
expect_report "every database is lost" 4 "${wanted[@]}"
restore

# The cache of the solver is not walked at a start.
damage buildkit/cache.db bucket
expect_report "a bucket of cache.db" 4 "database-corrupt error damaged buildkit/cache.db"
start_daemon "$root" "$work/x"
if build >"$work/step.log" 2>&1; then
    fail "a bucket of cache.db: a build works"
else
    pass "a bucket of cache.db: dockerd starts, a build fails"
fi
stop_daemon
restore
expect_report "the databases put back" 0
