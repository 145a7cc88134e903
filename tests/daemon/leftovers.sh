# What drydock says about a store in which a daemon was killed, and what is done with it. Sourced.
# shellcheck shell=bash disable=SC2154

# What a kill may leave. Anything else that is more than a note is a false alarm.
allowed_codes='["layer-record-orphan", "layer-removing-leftover", "write-set-leftover",
    "driver-directory-orphan", "short-link-stale", "mount-record-orphan", "temporary-leftover",
    "image-temporary-leftover", "builder-snapshot-dangling"]'

image=image/overlay2

# half_removed ROOT: a JSON list of the containers in whose creation or removal the daemon was killed. They
# are marked dead before the first of their parts goes, and have a configuration after the last has come.
half_removed() {
    local folder
    for folder in "$1"/containers/*/; do
        [ -d "$folder" ] || continue
        jq -e '.State.Dead or .State.RemovalInProgress | not' "$folder/config.v2.json" >/dev/null 2>&1 ||
            basename "$folder"
    done | jq -Rn '[inputs]'
}

# judge ROOT LABEL [LEVEL]: fails for any finding that a kill does not explain.
judge() {
    local root=$1 label=$2 strange
    check "$root" --level "${3:-metadata}"
    strange=$(jq -r --argjson allowed "$allowed_codes" --argjson half "$(half_removed "$root")" '.findings[]
        | select(.severity != "note")
        | select(.verdict != "damaged"
            or (([.code] | inside($allowed) | not)
                and (.subject.kind != "container" or ([.subject.id] | inside($half) | not))))
        | "\(.severity) \(.verdict) \(.code) \(.subject.kind) \(.subject.id) \(.path) \(.evidence | tojson)"' \
        "$work/report.json" 2>&1)
    if [ -n "$strange" ] || [[ " 0 4 " != *" $code "* ]] ||
        ! jq -e .complete "$work/report.json" >/dev/null 2>&1; then
        fail "$label: exit $code" "$(head -n 3 "$work/report.err")" "$(cut -c1-400 <<<"$strange" | head -n 15)"
        keep_store "$root"
        return 1
    fi
}

# keep_store ROOT: for whoever looks into a failure.
keep_store() {
    [ -n "${DRYDOCK_DAEMON_FAILED:-}" ] || return 0
    local folder
    mkdir -p "$DRYDOCK_DAEMON_FAILED"
    folder=$(mktemp -d "$DRYDOCK_DAEMON_FAILED/$script.$seed.XXXXXX") || return 0
    cp -a "$1" "$folder/root"
    cp "$work/report.json" "$work/ops.log" "$work/last-daemon.log" "$folder/" 2>/dev/null
    echo "     $script: the store is in $folder"
}

# move_away ROOT PATH: what is gone with something else is no loss.
move_away() {
    local from=$1/$2 to=$work/aside/$2
    case /$2/ in
        *//* | */../* | */./*) give_up "a finding has the path '$2'" ;;
        /overlay2/?*/ | /$image/layerdb/?*/?*/ | /$image/imagedb/?*/?*/ | /containers/?*/) ;;
        /$image/.tmp-?*/ | /$image/distribution/?*/) ;;
        /tmp/?*/ | /tmp-old/* | /buildkit/executor/?*/) ;;
        *) give_up "nothing at '$2' may be moved away" ;;
    esac
    [ -e "$from" ] || [ -L "$from" ] || return 0
    mkdir -p "$(dirname "$to")"
    mv "$from" "$to" || give_up "$2 could not be moved away"
    echo "$2" >>"$work/moved"
}

# move_named ROOT: all that the last report would take, and no more: what it leaves behind is found in the end.
move_named() {
    local root=$1 path id
    rm -rf --one-file-system "$work/aside"
    while IFS= read -r path; do
        move_away "$root" "$path"
    done < <(jq -r --argjson allowed "$allowed_codes" '.findings[] | select([.code] | inside($allowed))
        | select(.repair.class != "leave" or .code == "image-temporary-leftover") | .evidence.takes // [.path] | .[]' "$work/report.json")
    # No record leads to these any more, and no daemon lists them.
    jq -r '.[]' <<<"$(half_removed "$root")" | while read -r id; do
        if [ ! -e "$root/$image/layerdb/mounts/$id" ] || [ ! -e "$root/containers/$id/config.v2.json" ]; then
            move_away "$root" "containers/$id"
        fi
    done
}

# set_aside ROOT LABEL [LEVEL]: what the report names goes; then nothing may be left to name. Only what goes
# with a container or with a mount record may be seen when those are gone: they needed it.
set_aside() {
    local root=$1 label=$2 level=${3:-metadata} pass before=0
    : >"$work/moved"
    for pass in 1 2 3 4; do
        judge "$root" "$label, reading $pass" || return 1
        [ $pass != 1 ] || named=$(jq -r '[.findings[] | select(.severity != "note") | .code] | group_by(.)
            | map("\(.[0]) \(length)") | join(", ")' "$work/report.json")
        if [ $pass != 1 ] && ! tail -n "+$((before + 1))" "$work/moved" | grep -qE '^containers/|/mounts/'; then
            break
        fi
        before=$(wc -l <"$work/moved")
        move_named "$root"
    done
    if jq -e --argjson half "$(half_removed "$root")" '[.findings[] | select(.severity != "note"
            and .code != "builder-snapshot-dangling"
            and ([.subject.id] | inside($half) | not))] | length > 0' "$work/report.json" >/dev/null; then
        fail "$label: still named when all that was named is gone" "$(brief_findings '.severity != "note"')"
        keep_store "$root"
        return 1
    fi
    [ "$level" = metadata ] || judge "$root" "$label, with the content" "$level"
}

# remains ROOT: what a store has in it that only an owner could keep.
remains() {
    (cd "$1" && find overlay2 overlay2/l "$image"/layerdb/{sha256,mounts,tmp} \
        "$image"/imagedb/{content,metadata}/sha256 containers -mindepth 1 -maxdepth 1 \! -path overlay2/l \
        2>/dev/null | sort)
}

# owned_directory NAME
owned_directory() {
    echo "overlay2/$1"
    echo "overlay2/l/$(cat "$root/overlay2/$1/link")"
}

# owned_by CONTAINER: the entries of a store that has no other container, and of its image.
owned_by() {
    local id chain
    id=$(basename "$(grep -l "\"Name\":\"/$1\"" "$root"/containers/*/config.v2.json | xargs -r dirname)")
    {
        echo "containers/$id"
        echo "$image/layerdb/mounts/$id"
        owned_directory "$(cat "$root/$image/layerdb/mounts/$id/mount-id")"
        owned_directory "$(cat "$root/$image/layerdb/mounts/$id/init-id")"
        chain=$(cat "$root/$image/layerdb/mounts/$id/parent")
        while [ -n "$chain" ]; do
            echo "$image/layerdb/sha256/${chain#sha256:}"
            owned_directory "$(cat "$root/$image/layerdb/sha256/${chain#sha256:}/cache-id")"
            chain=$(cat "$root/$image/layerdb/sha256/${chain#sha256:}/parent" 2>/dev/null)
        done
        id=$(jq -r '.Image | ltrimstr("sha256:")' "$root/containers/$id/config.v2.json")
        echo "$image/imagedb/content/sha256/$id"
        [ ! -e "$root/$image/imagedb/metadata/sha256/$id" ] || echo "$image/imagedb/metadata/sha256/$id"
    } | sort
}

# ---- an owner that is absent ----

# expect_cautious LABEL CODES REGEX: CODES are named, undetermined, and no path of what could be reclaimed
# matches.
expect_cautious() {
    local label=$1 codes=$2 regex=$3
    check "$work/copy" --level metadata
    if [ $((code & 8)) != 0 ] && jq -e --arg codes " $codes " --arg regex "$regex" '
        (.findings | any(.verdict == "undetermined" and (.code as $code | $codes | contains(" \($code) "))))
        and (.findings | all((.repair.class == "reclaim" or .code == "mount-record-orphan"
            or .code == "driver-directory-orphan" or .code == "layer-record-orphan") and
            (.path | test($regex)) | not))' "$work/report.json" >/dev/null 2>&1; then
        pass "$label: exit $code, nothing that it might own is called an orphan"
    else
        fail "$label: exit $code, expected 8 with one of: $codes, and no orphan like $regex" \
            "$(head -n 3 "$work/report.err")" "$(brief_findings '.severity != "note"')"
    fi
}

# missing_owner LABEL CODES REGEX COMMAND...: the command, run in a copy of the store, takes an owner away.
missing_owner() {
    local label=$1 codes=$2 regex=$3
    shift 3
    rm -rf --one-file-system "$work/copy"
    clone "$work/prepared" "$work/copy"
    (cd "$work/copy" && must "$label" "$@") || exit 1
    expect_cautious "$label" "$codes" "$regex"
}

missing_owners() {
    local layers=$image/layerdb builder='overlay2/[0-9a-z]{25}$|layerdb/(sha256/|mounts/[0-9a-z]{25}$)'
    missing_owner "containers emptied" owner-missing . find containers -mindepth 1 -delete
    missing_owner "no containers folder" owner-missing . rm -r containers
    missing_owner "layerdb emptied" owner-missing . find $layers -mindepth 1 -delete
    missing_owner "no layerdb" owner-missing . rm -r $layers
    missing_owner "buildkit emptied" owner-missing "$builder" find buildkit -mindepth 1 -delete
    missing_owner "no buildkit" owner-missing "$builder" rm -r buildkit
    missing_owner "no snapshots.db" owner-missing "$builder" rm buildkit/snapshots.db
    mkdir -p "$work/nothing"
    missing_owner "overlay2 not mounted" "driver-folder-missing owner-missing" . \
        mount --bind "$work/nothing" overlay2
    umount "$work/copy/overlay2"
    rm -rf --one-file-system "$work/copy"
}
