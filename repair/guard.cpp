#include "repair/guard.hpp"

#include "platform/os_error.hpp"

#include <algorithm>
#include <cerrno>

namespace drydock {

std::string_view owner_word(const Finding& finding) {
    if (finding.path.find("/layerdb/") != std::string::npos) return "layerdb";
    return finding.path.ends_with("containers") ? "containers" : "buildkit";
}

Guard::Guard(const PlannedStore& store, const Family& family, const RepairPolicy& policy) : policy_(policy) {
    for (const Finding& finding : store.all) {
        if (finding.verdict != Verdict::undetermined || accepts(finding)) continue;
        note(finding, store, family);
    }
    note_in_use(store.clues.in_use, store.graph.inventory());
}

// What runs on it would see the change, in ways that overlayfs leaves open.
void Guard::note_in_use(const DirectoriesInUse& in_use, const Inventory& inventory) {
    const auto reason_of = [&](const std::string& directory) {
        return inventory.directory_path(directory) + " is part of an overlay mounted at " +
               in_use.at(directory) + ": end what runs there, or `umount` it, first";
    };
    for (const auto& [directory, point] : in_use) {
        paths_.try_emplace(inventory.directory_path(directory), reason_of(directory));
    }
    for (const MountRecord& mount : inventory.mount_records) {
        const std::string* directory = mount.mount_id.get();
        if (directory == nullptr || !in_use.contains(*directory)) continue;
        paths_.try_emplace(inventory.image_root + "/layerdb/mounts/" + mount.name, reason_of(*directory));
        paths_.try_emplace(inventory.container_path(mount.name), reason_of(*directory));
    }
}

bool Guard::accepts(const Finding& finding) const {
    if (finding.damage == Damage::driver_folder_missing) return policy_.accept_empty_driver;
    return finding.damage == Damage::owner_missing &&
           std::ranges::find(policy_.accept_missing_owners, owner_word(finding)) !=
               policy_.accept_missing_owners.end();
}

void Guard::no_drops(std::string why) {
    if (why_no_drops_.empty()) why_no_drops_ = std::move(why);
}

void Guard::note(const Finding& finding, const PlannedStore& store, const Family& family) {
    const Inventory& inventory = store.graph.inventory();
    if (finding.damage == Damage::unreadable && finding.evidence.actual == describe_errno(EIO)) {
        why_nothing_ = finding.path + " gave an input/output error: the medium fails. Save what you can and "
                                      "see to it first; nothing is written to it";
    }
    subjects_.insert(finding.subject);
    // What could not be read may be anything; other findings of this verdict say only what they speak of.
    if (!finding.path.empty()) {
        paths_.try_emplace(finding.path, finding.path + " could not be read: see to that first");
    }
    switch (finding.subject.kind) {
    case SubjectKind::layer:
        if (const auto chain = ChainId::from_text(finding.subject.id)) {
            note_layer(*chain, store.graph, family);
        }
        break;
    case SubjectKind::image:
        no_drops(finding.path + " could not be read, so it is not known on which layers that image stands");
        break;
    case SubjectKind::container:
        note_container(finding, store.graph, family);
        break;
    case SubjectKind::driver_directory:
        why_not_lost_ = finding.path + " could not be read, and may be the directory";
        break;
    case SubjectKind::store:
    case SubjectKind::file:
        note_place(finding, inventory);
        break;
    case SubjectKind::database:
    case SubjectKind::distribution:
    case SubjectKind::tag:
        break;
    }
}

void Guard::note_layer(const ChainId& chain, const StoreGraph& graph, const Family& family) {
    for (const ChainId& below : graph.ancestry(chain)) {
        chains_.insert(below);
    }
    for (const ChainId& above : family.with_descendants(chain)) {
        chains_.insert(above);
    }
}

void Guard::note_container(const Finding& finding, const StoreGraph& graph, const Family& family) {
    const Inventory& inventory = graph.inventory();
    const MountRecord* mount = inventory.find_mount(finding.subject.id);
    const ContainerRecord* container = inventory.find_container(finding.subject.id);
    std::optional<ChainId> top;
    if (mount != nullptr && mount->parent.present()) {
        top = mount->parent.value;
    } else if (container != nullptr) {
        top = graph.top_chain_of_container(static_cast<std::size_t>(container - inventory.containers.data()));
    }
    if (top) {
        note_layer(*top, graph, family);
    } else {
        no_drops(
            finding.path + " could not be read, so it is not known on which layers that container stands"
        );
    }
}

void Guard::note_place(const Finding& finding, const Inventory& inventory) {
    if (finding.damage == Damage::owner_missing) {
        // BuildKit's records name no image and no container.
        if (owner_word(finding) != "buildkit") {
            no_drops(finding.path + " is absent or empty: mount what belongs there first");
        }
        return;
    }
    if (lies_in(finding.path, inventory.driver_root)) {
        why_not_lost_ = finding.path + " could not be looked at, and may hold the directory";
    }
    if (finding.damage == Damage::driver_folder_missing) {
        no_drops(finding.path + " is absent or empty: mount what belongs there first");
    } else if (lies_in(finding.path, inventory.image_root) || finding.path.ends_with("containers")) {
        no_drops(finding.path + " could not be read, so it is not known what stands on a layer");
    }
}

std::optional<std::string> Guard::why_not(const Finding& finding) const {
    if (finding.verdict == Verdict::undetermined && !accepts(finding)) {
        if (finding.damage == Damage::owner_missing) {
            return "an owner that is absent proves nothing: mount what belongs there, or say "
                   "--accept-missing-owner " +
                   std::string(owner_word(finding));
        }
        if (finding.damage == Damage::driver_folder_missing) {
            return "it is probably not mounted: mount it, or say --accept-empty-driver";
        }
        return "it could not be told for certain (" +
               finding.evidence.actual.value_or(finding.evidence.detail.value_or("unknown")) +
               "): nothing is done on a guess";
    }
    const auto chain =
        finding.subject.kind == SubjectKind::layer ? ChainId::from_text(finding.subject.id) : std::nullopt;
    if (subjects_.contains(finding.subject) && finding.subject.kind != SubjectKind::store) {
        return "something else of it could not be read: see to that first";
    }
    if (chain && chains_.contains(*chain)) {
        return "something of a layer above or below it could not be read: see to that first";
    }
    return std::nullopt;
}

std::string Guard::why_blocked(std::string_view path) const {
    // Above it, or itself.
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = path.find('/', end + 1);
        if (const auto found = paths_.find(path.substr(0, end)); found != paths_.end()) return found->second;
    }
    // Below it.
    const auto below = paths_.lower_bound(std::string(path) + "/");
    return below != paths_.end() && lies_in(below->first, path) ? below->second : std::string();
}

}  // namespace drydock
