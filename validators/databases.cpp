// Docker's bolt databases, and what BuildKit's cache records say of the store. Legal neighbours: a
// database of no bytes, a snapshot that nobody uses any more, a record that has yet to be unpacked.
// Whether a layer or directory is wrong in itself others tell; here it is gone or it is not.
#include "validators/metadata.hpp"

#include <algorithm>

namespace drydock {

namespace {

constexpr std::string_view kCacheFile = "buildkit/metadata_v2.db";
constexpr std::string_view kLayerKey = "sha256:";
// One dangling record is enough to stop `docker system df`; a report is no list of all of a dead cache.
constexpr std::size_t kMaxNamed = 1000;

void check_database(const DatabaseRecord& record, Findings& findings) {
    const Subject subject{.kind = SubjectKind::database, .id = record.path};
    switch (record.sight.sight) {
    case Sight::present:
    case Sight::absent:
    case Sight::empty:
        break;
    case Sight::unreadable:
        findings.push_back(make_unreadable(subject, record.path, record.sight.error));
        break;
    case Sight::malformed: {
        Finding finding{.damage = Damage::database_corrupt, .subject = subject, .path = record.path};
        finding.evidence.detail = record.sight.actual;
        if (!record.stops_daemon) finding.severity = Severity::error;
        findings.push_back(std::move(finding));
        break;
    }
    }
}

// Why a snapshot cannot be used, or "".
class SnapshotJudge {
public:
    SnapshotJudge(const StoreGraph& graph, const StoreFoundation& foundation)
        : graph_(graph), foundation_(foundation) {}

    [[nodiscard]] std::string why_gone(const std::string& key) const {
        if (key.starts_with(kLayerKey)) {
            const auto chain = ChainId::from_text(key);
            return chain ? why_layer_gone(*chain) : std::string();
        }
        const std::vector<BuilderSnapshot>& snapshots = graph_.inventory().builder.snapshots.value;
        const auto found = std::lower_bound(
            snapshots.begin(),
            snapshots.end(),
            key,
            [](const BuilderSnapshot& snapshot, const std::string& wanted) { return snapshot.key < wanted; }
        );
        if (found == snapshots.end() || found->key != key) return "no such snapshot in buildkit/snapshots.db";
        if (found->chain) return why_layer_gone(*found->chain);
        return why_directory_gone(found->committed.empty() ? found->key : found->committed);
    }

private:
    // A layer that others need too is told by itself.
    [[nodiscard]] std::string why_layer_gone(const ChainId& chain) const {
        if (!foundation_.layers_known || graph_.inventory().find_layer(chain) != nullptr ||
            graph_.known(chain) != nullptr || graph_.has_child(chain)) {
            return {};
        }
        return "no layer record " + chain.text();
    }

    [[nodiscard]] std::string why_directory_gone(const std::string& directory) const {
        const Inventory& inventory = graph_.inventory();
        if (!foundation_.directories_known || inventory.find_directory(directory) != nullptr ||
            !graph_.owners(directory).empty()) {
            return {};
        }
        return "no directory " + inventory.directory_path(directory);
    }

    const StoreGraph& graph_;
    const StoreFoundation& foundation_;
};

// Whether all snapshots are known; where snapshots.db is not there or has no bytes, dockerd makes a new one.
bool snapshots_known(const Builder& builder) {
    switch (builder.snapshots.sight) {
    case Sight::present:
    case Sight::absent:
    case Sight::empty:
        return true;
    case Sight::malformed:
    case Sight::unreadable:
        return false;
    }
    return false;
}

void check_cache_records(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    const Inventory& inventory = graph.inventory();
    const Builder& builder = inventory.builder;
    if (!builder.cache.present() || !snapshots_known(builder)) return;
    const SnapshotJudge judge(graph, foundation);
    std::vector<std::string> gone;
    std::string first;
    for (const BuilderCacheRecord& record : builder.cache.value) {
        if (!record.needs_snapshot) continue;
        const std::string why = judge.why_gone(record.snapshot);
        if (why.empty()) continue;
        if (gone.empty()) first = "record " + record.id + ": " + why;
        gone.push_back(record.snapshot);
    }
    if (gone.empty()) return;
    std::sort(gone.begin(), gone.end());
    gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
    const std::string path =
        (inventory.store_path == "." ? "" : inventory.store_path + "/") + std::string(kCacheFile);
    Finding finding{
        .damage = Damage::builder_snapshot_dangling,
        .subject = {.kind = SubjectKind::database, .id = path},
        .path = path,
    };
    finding.evidence.detail = std::to_string(gone.size()) + " of the snapshots that " +
                              std::to_string(builder.cache.value.size()) + " cache records name; " + first;
    // An owner that is absent proves nothing: it may be on another file system.
    if (builder.snapshots.sight == Sight::absent) finding.verdict = Verdict::undetermined;
    gone.resize(std::min(gone.size(), kMaxNamed));
    finding.evidence.peers = std::move(gone);
    findings.push_back(std::move(finding));
}

}  // namespace

void check_databases(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    for (const DatabaseRecord& record : graph.inventory().databases) {
        check_database(record, findings);
    }
    check_cache_records(graph, foundation, findings);
}

}  // namespace drydock
