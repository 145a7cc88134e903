#!/bin/bash
# Measures drydock against the least that the same work can cost, and against `docker save`.
#
#   bench/run.sh [DIR]               DIR holds the stores (default build/bench/stores); missing ones are made
#
# What the figures mean: bench/README.md. A slow figure is no failure; only an error ends with status 1.
#   DRYDOCK_BINARY           drydock (default: the one below build/release)
#   DRYDOCK_SAMPLES_BINARY   drydock-samples, which makes the metadata-only stores (default: likewise)
#   DRYDOCK_BENCH_TOOLS      folder of floor, floor_metadata and measure (default: build/release/bench)
#   DRYDOCK_BENCH_CACHE      packages and layers of make_store.sh (default: build/bench)
#   DRYDOCK_BENCH_JOBS       threads of drydock and of the floor programs (default: 2)
#   DRYDOCK_BENCH_ROUNDS     counted rounds, the warm-up comes on top (default: 7)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=bench/daemon.sh
source bench/daemon.sh

readonly kMetadataLayers="1000 10000"
# `docker save` takes seconds a round and is compared with a factor of six: few rounds tell enough.
readonly kSaveRounds=3

die() { echo "run.sh: $*" >&2; exit 1; }
say() { [[ ! -t 2 ]] || echo "run.sh: $*" >&2; }

built() { find build/release -type f -name "$1" -perm -u+x -print -quit 2> /dev/null || true; }

drydock="${DRYDOCK_BINARY:-$(built drydock)}"
samples="${DRYDOCK_SAMPLES_BINARY:-$(built drydock-samples)}"
tools="${DRYDOCK_BENCH_TOOLS:-build/release/bench}"
stores="${1:-build/bench/stores}"
jobs="${DRYDOCK_BENCH_JOBS:-2}"
rounds="${DRYDOCK_BENCH_ROUNDS:-7}"
rows="$(mktemp)"
trap 'stop_daemon; rm -f "$rows"' EXIT

[[ $EUID == 0 ]] || die "needs root, as drydock does to read a real store"
[[ -x $drydock ]] || die "no drydock below build/release: build it first, or set DRYDOCK_BINARY"
for tool in floor floor_metadata measure; do
    [[ -x $tools/$tool ]] || die "no $tools/$tool: configure with -DDRYDOCK_BENCH=ON and build"
done

make_stores() {
    local layers
    if [[ ! -f $stores/facts ]]; then
        say "making the store of images (some minutes)"
        bench/make_store.sh "$stores" > /dev/null
    fi
    for layers in $kMetadataLayers; do
        [[ ! -d $stores/metadata-$layers ]] || continue
        [[ -x $samples ]] || die "no drydock-samples below build/release: build it, or set DRYDOCK_SAMPLES_BINARY"
        rm -rf "$stores/metadata-$layers.part"
        "$samples" metadata-store "$stores/metadata-$layers.part" "$layers"
        mv "$stores/metadata-$layers.part" "$stores/metadata-$layers"
    done
    sync -f "$stores"
}

# measure's lines, each with the name of the line that it is compared with in front.
measured() {
    local reference="$1"
    shift
    "$tools/measure" "$@" | sed "s/^/$reference\t/" >> "$rows"
}

readonly check=("$drydock" check --progress never --jobs "$jobs" --level)

measure_content() {
    say "content level"
    measured "floor content" --rounds "$rounds" \
        --case "drydock content" "${check[@]}" content "$stores/root" \
        --case "floor content" "$tools/floor" --jobs "$jobs" "$stores/root"
}

measure_metadata() {
    local layers
    for layers in $kMetadataLayers; do
        say "metadata level, $layers layers"
        measured "floor metadata $layers, 1 thread" --rounds "$rounds" \
            --case "drydock metadata $layers" "${check[@]}" metadata "$stores/metadata-$layers" \
            --case "floor metadata $layers, 1 thread" "$tools/floor_metadata" --jobs 1 "$stores/metadata-$layers" \
            --case "floor metadata $layers, $jobs threads" \
            "$tools/floor_metadata" --jobs "$jobs" "$stores/metadata-$layers"
    done
}

measure_save() {
    local images
    say "docker save"
    start_daemon "$stores/root"
    images=$("$kDocker" images --format '{{.Repository}}:{{.Tag}}')
    # shellcheck disable=SC2086
    measured "drydock content" --rounds "$kSaveRounds" --daemon "$daemon_pid" \
        --case "docker save" "$kDocker" save $images
    stop_daemon
}

describe_machine() {
    local model sha=no
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
    ! grep -qw sha_ni /proc/cpuinfo || sha=yes
    echo "$(nproc) cores of ${model:-an unknown processor}, SHA instructions: $sha, $jobs threads, warm caches"
    echo "store: $(tr '\n' ' ' < "$stores/facts")"
}

# The table twice: aligned, and as the lines of docs/bench.md.
print_tables() {
    awk -F'\t' '
        { name[NR] = $2; reference[NR] = $1; least[$2] = $4; middle[$2] = $5; most[$2] = $6
          cpu[$2] = $7 + $8; peak[$2] = $9 / 1024 }
        function cells(i,    n, against) {
            n = name[i]
            against = (reference[i] != n && reference[i] in least) ? reference[i] : ""
            return sprintf("%s|%.1f|%.1f|%.1f|%.0f|%.1f|%s|%s|%s|%s", n, least[n], middle[n], most[n], cpu[n], peak[n],
                against == "" ? "" : sprintf("%.2f", least[n] / least[against]),
                against == "" ? "" : sprintf("%.2f", middle[n] / middle[against]),
                against == "" ? "" : sprintf("%.2f", cpu[n] / cpu[against]), against)
        }
        function aligned(text,    c) {
            split(text, c, "|")
            printf "%-32s %9s %9s %9s %8s %8s %7s %9s %7s  %s\n",
                c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10]
        }
        END {
            head = "run|min ms|median ms|max ms|CPU ms|peak MiB|of min|of median|of CPU|compared with"
            aligned(head)
            for (i = 1; i <= NR; i++) aligned(cells(i))
            printf "\n"
            print "| " piped(head) " |"
            print "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
            for (i = 1; i <= NR; i++) print "| " piped(cells(i)) " |"
        }
        function piped(text) { gsub(/\|/, " | ", text); return text }
    ' "$rows"
}

# What the project has promised itself, with the fastest round of each run. Only told, never enforced here.
print_aims() {
    awk -F'\t' '
        { least[$2] = $4; if ($2 ~ /^drydock/ && $9 > peak) peak = $9 }
        END {
            content = least["drydock content"]
            printf "content level, of the floor program        %8.2f   aim: at most 1.3\n", content / least["floor content"]
            printf "docker save, of the content level          %8.2f   aim: at least 6\n", least["docker save"] / content
            printf "metadata level of 1000 layers, ms          %8.1f   aim: under 100\n", least["drydock metadata 1000"]
            printf "metadata level, 10000 of 1000 layers       %8.2f   aim: about 10\n",
                least["drydock metadata 10000"] / least["drydock metadata 1000"]
            printf "peak memory of drydock, MB                 %8.1f   aim: under 100\n", peak * 1024 / 1e6
        }
    ' "$rows"
}

make_stores
measure_content
measure_metadata
measure_save
describe_machine
echo
print_tables
echo
print_aims
