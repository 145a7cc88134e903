#include "platform/os_error.hpp"
#include "validators/metadata.hpp"
#include "validators/ownership.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace drydock {

namespace {

bool gone(FolderState state) {
    return state == FolderState::absent || state == FolderState::empty;
}

Finding absent_owner(const Inventory& inventory, Damage damage, std::string path, std::string detail) {
    Finding finding{.damage = damage, .subject = store_subject(inventory), .path = std::move(path)};
    finding.verdict = Verdict::undetermined;
    finding.evidence.detail = std::move(detail);
    return finding;
}

std::string prefixed(const Inventory& inventory, const std::string& name) {
    return inventory.store_path == "." ? name : inventory.store_path + "/" + name;
}

}  // namespace

Subject store_subject(const Inventory& inventory) {
    return {.kind = SubjectKind::store, .id = inventory.store_path + " " + inventory.driver};
}

Finding make_unreadable(Subject subject, std::string path, int error, std::string detail) {
    Finding finding{.damage = Damage::unreadable, .subject = std::move(subject), .path = std::move(path)};
    finding.verdict = Verdict::undetermined;
    finding.evidence.actual = describe_errno(error);
    if (!detail.empty()) finding.evidence.detail = std::move(detail);
    return finding;
}

namespace {

// What was seen and belongs to no record.
void report_loose_ends(const Inventory& inventory, StoreFoundation& result, Findings& findings) {
    if (!inventory.not_a_folder.empty()) {
        Finding finding{
            .damage = Damage::layerdb_not_a_folder,
            .subject = store_subject(inventory),
            .path = inventory.not_a_folder,
        };
        findings.push_back(std::move(finding));
    }
    for (const Unreadable& item : inventory.unreadable) {
        if (item.path.starts_with(inventory.image_root + "/imagedb")) result.images_known = false;
        if (item.path == inventory.driver_root + "/l") result.short_links_known = false;
        findings.push_back(
            make_unreadable({.kind = SubjectKind::file, .id = item.path}, item.path, item.error, item.detail)
        );
    }
    for (const StrayEntry& stray : inventory.layerdb_strays) {
        Finding finding{
            .damage = Damage::layerdb_stray_entry,
            .subject = {.kind = SubjectKind::file, .id = stray.path},
            .path = stray.path,
        };
        finding.evidence.detail = stray.detail;
        findings.push_back(std::move(finding));
    }
}

void check_layerdb(const Inventory& inventory, StoreFoundation& result, Findings& findings) {
    result.layers_known = inventory.layerdb == FolderState::present;
    if (!gone(inventory.layerdb)) return;
    if (inventory.directories.empty()) {
        result.layers_known = true;  // images without layers are judged by themselves
        return;
    }
    findings.push_back(absent_owner(
        inventory,
        Damage::owner_missing,
        inventory.image_root + "/layerdb/sha256",
        "no layer record, while " + inventory.driver_root + " holds " +
            std::to_string(inventory.directories.size()) + " directories"
    ));
}

void report_no_folder(FolderState state, const std::string& path, Findings& findings) {
    if (state != FolderState::not_a_folder) return;
    findings.push_back(make_unreadable({.kind = SubjectKind::file, .id = path}, path, ENOTDIR));
}

// A container's writable directory has its init directory beside it.
std::ptrdiff_t count_pairs(const Inventory& inventory) {
    return std::ranges::count_if(inventory.directories, [&](const DriverDirectory& directory) {
        return form_of(directory.name) == DirectoryName::layer &&
               inventory.find_directory(directory.name + "-init") != nullptr;
    });
}

void check_driver_folder(const Inventory& inventory, StoreFoundation& result, Findings& findings) {
    result.directories_known = inventory.driver_folder == FolderState::present;
    report_no_folder(inventory.driver_folder, inventory.driver_root, findings);
    if (!gone(inventory.driver_folder) || inventory.layers.empty()) return;
    findings.push_back(absent_owner(
        inventory,
        Damage::driver_folder_missing,
        inventory.driver_root,
        std::string(inventory.driver_folder == FolderState::absent ? "absent" : "empty") + ", while " +
            std::to_string(inventory.layers.size()) + " layer records name directories in it"
    ));
}

void check_containers_folder(const Inventory& inventory, StoreFoundation& result, Findings& findings) {
    const auto mounts = std::count_if(
        inventory.mount_records.begin(),
        inventory.mount_records.end(),
        [](const MountRecord& mount) { return form_of(mount.name) != DirectoryName::builder; }
    );
    result.containers_known = inventory.containers_folder == FolderState::present &&
                              inventory.mounts != FolderState::not_a_folder &&
                              inventory.mounts != FolderState::unreadable;
    report_no_folder(inventory.containers_folder, prefixed(inventory, "containers"), findings);
    if (!gone(inventory.containers_folder)) return;
    // Without any mount record either, only the directories tell that there were containers.
    const auto pairs = mounts > 0 ? 0 : count_pairs(inventory);
    if (mounts == 0 && pairs == 0) {
        result.containers_known = true;
        return;
    }
    findings.push_back(absent_owner(
        inventory,
        Damage::owner_missing,
        prefixed(inventory, "containers"),
        mounts > 0
            ? "no container, while " + std::to_string(mounts) + " mount records stand in layerdb/mounts"
            : "no container and no mount record, while " + inventory.driver_root + " holds " +
                  std::to_string(pairs) + " pairs of directories as containers have them"
    ));
}

// dockerd makes snapshots.db when it starts: without one, a daemon has not seen this root since
// BuildKit's records were lost, or never had any.
void check_builder(const Inventory& inventory, StoreFoundation& result, Findings& findings) {
    const Sight sight = inventory.builder.snapshots.sight;
    const auto directories =
        std::ranges::count_if(inventory.directories, [](const DriverDirectory& directory) {
            return form_of(directory.name) == DirectoryName::builder;
        });
    const bool never_used = sight == Sight::absent && !inventory.builder.folder_present && directories == 0;
    result.builder_known = sight == Sight::present || never_used;
    if ((sight != Sight::absent && sight != Sight::empty) || directories == 0) return;
    findings.push_back(absent_owner(
        inventory,
        Damage::owner_missing,
        prefixed(inventory, inventory.builder.folder_present ? "buildkit/snapshots.db" : "buildkit"),
        std::string(sight == Sight::absent ? "absent" : "of no bytes") + ", while " + inventory.driver_root +
            " holds " + std::to_string(directories) + " directories of BuildKit's"
    ));
}

}  // namespace

StoreFoundation check_foundation(const StoreGraph& graph, Findings& findings) {
    StoreFoundation result;
    report_loose_ends(graph.inventory(), result, findings);
    check_layerdb(graph.inventory(), result, findings);
    check_driver_folder(graph.inventory(), result, findings);
    check_containers_folder(graph.inventory(), result, findings);
    check_builder(graph.inventory(), result, findings);
    return result;
}

}  // namespace drydock
