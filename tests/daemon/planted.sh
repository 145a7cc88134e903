#!/bin/bash
# Every recipe of samples/, planted into a store that a real dockerd has written: the same findings, with
# the same victims, as in a store that the tests build themselves. And that building is held against the
# daemon's own work.
. "$(dirname "$0")/lib.sh"
require

# A set of images as the daemon keeps them: loaded, the base pulled (by digest: the only name that a pull
# can leave beside a loaded tag), the containers made. daemon_store DIR [--torture]
daemon_store() {
    local root=$1 name image tag digest repository
    shift
    must "an archive of drydock-samples" "$samples" archive "$work/images.tar" "$@"
    must "the containers of drydock-samples" "$samples" containers "$@"
    cp "$work/step.log" "$work/containers"
    start_daemon "$root" "$work/x"
    must load docker load -i "$work/images.tar"
    # A load leaves no metadata folder (20.10); giving a tag, even the same one, notes the time in one.
    for tag in $(docker images --format '{{.Repository}}:{{.Tag}}'); do
        must tag docker tag "$tag" "$tag"
    done
    if [ $# = 0 ]; then
        repository=$registry/demo/base
        must tag docker tag demo/base:1 "$repository:1"
        must push docker push -q "$repository:1"
        digest=$(docker image inspect -f '{{index .RepoDigests 0}}' "$repository:1")
        must rmi docker rmi "$repository:1"
        must pull docker pull -q "$digest"
    fi
    while read -r name image; do
        case $name in
            # The images hold no program: one of the machine's is lent to the container that ran.
            c1) must "container $name" docker run --network none --name "$name" --entrypoint /busybox \
                -v "$(command -v busybox):/busybox:ro" "$image" sh -c 'echo started >/var/log/error.log' ;;
            *) must "container $name" docker create --network none --name "$name" "$image" ;;
        esac
    done <"$work/containers"
    stop_daemon
}

# A store that the tests build has the records, folders and content that the daemon's has.
expect_alike() {
    local root=$1 label=$2
    shift 2
    must "a built store" "$samples" make "$work/built" "$@"
    if "$samples" compare "$work/built" "$root" >"$work/differences" 2>&1; then
        pass "$label: the built store is the daemon's"
    else
        fail "$label: the built store is not the daemon's" "$(head -n 12 "$work/differences")"
    fi
    rm -rf --one-file-system "$work/built"
}

# plant RECIPE: one copy, one damage, both levels.
plant() {
    local recipe=$1 name level copy=$work/copy
    name=$(basename "$(dirname "$recipe")")/$(basename "$recipe" .recipe)
    rm -rf --one-file-system "$copy"
    clone "$work/sound" "$copy"
    if ! "$samples" damage "$copy" "$recipe" --places "$work/places" >"$work/step.log" 2>&1; then
        fail "$name: the damage could not be planted" "$(tail -n 3 "$work/step.log")"
        return
    fi
    for level in metadata content; do
        check "$copy" --level "$level"
        if [ "$code" != "$(jq -r .exit_code "$work/report.json" 2>/dev/null)" ]; then
            fail "$name ($level): exit $code is not what the report says" "$(head -n 3 "$work/report.err")" \
                "$(head -c 300 "$work/report.json")"
        elif "$samples" verify "$copy" "$recipe" "$work/report.json" --places "$work/places" \
            >"$work/differences" 2>&1; then
            pass "$name ($level)"
        else
            fail "$name ($level)" "$(head -n 12 "$work/differences")"
        fi
    done
}

start_registry
daemon_store "$work/torture" --torture
expect_clean "$work/torture" "the odd images"
expect_alike "$work/torture" "the odd images" --torture
daemon_store "$work/sound"
expect_clean "$work/sound" "the sample images"
expect_alike "$work/sound" "the sample images"

# Recipes may be named on the command line.
if [ $# != 0 ]; then
    recipes=("$@")
else
    mapfile -t recipes < <(find "$repo/samples" -name '*.recipe' | sort)
fi
[ ${#recipes[@]} != 0 ] || give_up "no recipe below samples/"
for recipe in "${recipes[@]}"; do
    plant "$recipe"
done
