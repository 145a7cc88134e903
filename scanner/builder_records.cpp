#include "scanner/builder_records.hpp"

#include "formats/documents.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

// What a record costs besides its texts.
constexpr std::size_t kRecordBytes = 256;

constexpr std::array<std::string_view, 3> kLeases{"v1", "buildkit", "leases"};
// Behind those, the lease's id, the kind of resource and the snapshotter's name.
constexpr std::size_t kLeaseDepth = 6;

bool holds_snapshots(std::span<const std::string> buckets) {
    return buckets.size() == kLeaseDepth && std::equal(kLeases.begin(), kLeases.end(), buckets.begin()) &&
           buckets[4] == "snapshots" && buckets[5] == "default";
}

}  // namespace

std::string BuilderRecords::keep(std::string_view text) {
    bytes_ += text.size() + kRecordBytes;
    return overflowed() ? std::string() : std::string(text);
}

void BuilderRecords::add(const BoltEntry& entry) {
    if (overflowed()) return;
    switch (role_) {
    case DatabaseRole::snapshots:
        add_snapshot(entry);
        break;
    case DatabaseRole::leases:
        add_lease(entry);
        break;
    case DatabaseRole::cache_metadata:
        add_cache(entry);
        break;
    case DatabaseRole::solver_cache:
    case DatabaseRole::history:
    case DatabaseRole::volumes:
    case DatabaseRole::networks:
    case DatabaseRole::containerd:
        break;
    }
}

void BuilderRecords::add_snapshot(const BoltEntry& entry) {
    if (entry.buckets.empty()) {
        if (entry.is_bucket) snapshots.emplace_back().key = keep(entry.key);
        return;
    }
    if (entry.buckets.size() > 1 || entry.is_bucket) return;
    BuilderSnapshot& snapshot = snapshots.back();
    if (entry.key == "parent") {
        snapshot.parent = keep(entry.value);
    } else if (entry.key == "committed") {
        snapshot.committed = keep(entry.value);
    } else if (entry.key == "iscommitted") {
        snapshot.is_committed = true;
    } else if (entry.key == "chainid") {
        snapshot.chain = ChainId::from_text(std::string(entry.value));
    }
}

void BuilderRecords::add_lease(const BoltEntry& entry) {
    if (!entry.is_bucket && holds_snapshots(entry.buckets)) leased.push_back(keep(entry.key));
}

void BuilderRecords::add_cache(const BoltEntry& entry) {
    if (entry.buckets.empty() || entry.buckets.front() != "_main") return;
    if (entry.buckets.size() == 1) {
        if (!entry.is_bucket) return;
        BuilderCacheRecord& record = cache.emplace_back();
        record.id = keep(entry.key);
        record.snapshot = record.id;
        return;
    }
    if (entry.buckets.size() > 2 || entry.is_bucket || entry.value.empty()) return;
    const auto value = parse_cache_value(entry.value);
    if (!value) {
        if (wrong_.empty())
            wrong_ = "a value of the record " + entry.buckets[1] + " is no JSON that BuildKit reads";
        return;
    }
    BuilderCacheRecord& record = cache.back();
    if (entry.key == "cache.snapshot") {
        record.snapshot = keep(value->text);
    } else if (entry.key == "cache.equalMutable") {
        if (!value->text.empty()) record.needs_snapshot = false;
    } else if (entry.key == "cache.blobonly" || entry.key == "cache.deleted") {
        if (value->flag) record.needs_snapshot = false;
    } else if (entry.key == "cache.mergeParents" || entry.key == "cache.lowerDiffParent" ||
               entry.key == "cache.upperDiffParent") {
        record.needs_snapshot = false;
    }
}

void BuilderRecords::finish() {
    // Snapshots and cache records came in the order of their keys, which are unique.
    std::sort(leased.begin(), leased.end());
    leased.erase(std::unique(leased.begin(), leased.end()), leased.end());
}

}  // namespace drydock
