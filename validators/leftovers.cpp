// What daemons left behind: records under removal, records that were never finished, temporary files. A
// record under removal is a hazard where somebody uses the directory that it names: dockerd removes that
// directory when it is next stopped, and asks nobody (moby layer/layer_store.go, Cleanup).
#include "validators/ownership.hpp"

namespace drydock {

namespace {

Finding make(Damage damage, const std::string& name, std::string path) {
    Finding finding{
        .damage = damage,
        .subject = {.kind = SubjectKind::layer, .id = name},
        .path = std::move(path),
    };
    return finding;
}

// Ids of those who use a directory: chain ids, containers.
std::vector<std::string> users_of(const StoreGraph& graph, const std::string& directory) {
    std::vector<std::string> users;
    for (const DirectoryOwner& owner : graph.owners(directory)) {
        users.push_back(
            owner.kind == DirectoryOwner::Kind::layer ? graph.inventory().layers[owner.index].chain.text()
                                                      : graph.inventory().mount_records[owner.index].name
        );
    }
    return users;
}

void check_removing(
    const StoreGraph& graph, const Ownership& ownership, const RemovingRecord& record, Findings& findings
) {
    const Inventory& inventory = graph.inventory();
    const std::string path = inventory.image_root + "/layerdb/sha256/" + record.name;
    if (record.cache_id.sight == Sight::unreadable) {
        findings.push_back(
            make_unreadable({.kind = SubjectKind::layer, .id = record.name}, path, record.cache_id.error)
        );
        return;
    }
    if (record.cache_id.sight == Sight::malformed && record.cache_id.actual.find('\0') == std::string::npos) {
        Finding finding = make(Damage::layer_removing_live, record.name, path);
        finding.evidence.actual = record.cache_id.actual;
        finding.evidence.detail =
            "`cache-id` is no name of a driver directory: dockerd removes what lies there";
        findings.push_back(std::move(finding));
        return;
    }
    Finding finding = make(Damage::layer_removing_leftover, record.name, path);
    finding.evidence.takes.push_back(path);
    const std::string* id = record.cache_id.get();
    const DriverDirectory* directory = id != nullptr ? inventory.find_directory(*id) : nullptr;
    if (directory != nullptr) {
        const Keeper keeper = ownership.of_directory(*directory);
        if (keeper == Keeper::nobody) {
            take_directory(graph, *id, finding.evidence);
        } else {
            finding.damage = Damage::layer_removing_live;
            finding.evidence.takes.clear();
            finding.evidence.actual = *id;
            finding.evidence.peers = users_of(graph, *id);
            if (keeper == Keeper::perhaps) {
                finding.verdict = Verdict::undetermined;
                finding.evidence.detail = "whether somebody uses this directory could not be told";
            }
        }
    }
    findings.push_back(std::move(finding));
}

// All that dockerd would have renamed into place.
bool is_complete(const WriteSet& set) {
    return set.diff.present() && set.cache_id.present() && set.size.present() && set.tar_split.present() &&
           (set.parent.present() || set.parent.sight == Sight::absent);
}

// Whether an image waits for just this layer.
bool is_awaited(const StoreGraph& graph, const WriteSet& set) {
    const auto parent = set.parent.present() ? std::optional(set.parent.value) : std::nullopt;
    const ChainId chain = chain_id(parent, set.diff.value);
    return graph.known(chain) != nullptr && graph.inventory().find_layer(chain) == nullptr &&
           graph.inventory().find_directory(set.cache_id.value) != nullptr;
}

void check_write_set(
    const StoreGraph& graph, const Ownership& ownership, const WriteSet& set, Findings& findings
) {
    const Inventory& inventory = graph.inventory();
    const std::string path = inventory.image_root + "/layerdb/tmp/" + set.name;
    for (const int error :
         {set.diff.error, set.cache_id.error, set.size.error, set.parent.error, set.tar_split.error}) {
        if (error == 0) continue;
        findings.push_back(make_unreadable({.kind = SubjectKind::layer, .id = set.name}, path, error));
        return;
    }
    Finding finding = make(Damage::write_set_leftover, set.name, path);
    finding.evidence.takes.push_back(path);
    const std::string* id = set.cache_id.get();
    const DriverDirectory* directory = id != nullptr ? inventory.find_directory(*id) : nullptr;
    if (directory != nullptr && ownership.of_directory(*directory) == Keeper::nobody) {
        take_directory(graph, *id, finding.evidence);
    }
    if (is_complete(set) && !ownership.all_images_told()) {
        finding.evidence.takes.clear();
        finding.evidence.detail = "complete; whether an image waits for this layer could not be told";
        finding.repair = RepairClass::leave;
    } else if (is_complete(set) && is_awaited(graph, set)) {
        finding.evidence.takes.clear();
        finding.evidence.detail = "complete, and an image has no record of this layer";
        finding.repair = RepairClass::rebuild;
    }
    findings.push_back(std::move(finding));
}

}  // namespace

void check_leftovers(const StoreGraph& graph, const Ownership& ownership, Findings& findings) {
    const Inventory& inventory = graph.inventory();
    for (const RemovingRecord& record : inventory.removing) {
        check_removing(graph, ownership, record, findings);
    }
    for (const WriteSet& set : inventory.write_sets) {
        check_write_set(graph, ownership, set, findings);
    }
    for (const std::string& path : inventory.temporaries) {
        Finding finding{
            .damage = Damage::temporary_leftover,
            .subject = {.kind = SubjectKind::file, .id = path},
            .path = path,
        };
        finding.evidence.takes.push_back(path);
        findings.push_back(std::move(finding));
    }
}

}  // namespace drydock
