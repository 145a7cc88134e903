// Folders the whole store stands on, and databases.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

// The guard has seen to it that the user accepts this.
void drop_all_layers(Planning& planning, const Finding& finding) {
    for (const LayerRecord& layer : planning.inventory().layers) {
        planning.drop_layer(finding, layer.chain);
    }
}

// Images without a single layer record: dockerd skips them, and they would make every pull of them fail.
void drop_images_without_layers(Planning& planning, const Finding& finding) {
    bool any = false;
    for (std::size_t i = 0; i < planning.inventory().images.size(); ++i) {
        if (planning.graph().chain_of(i).empty()) continue;
        planning.drop_image(finding, planning.inventory().images[i].id);
        any = true;
    }
    if (!any) planning.refuse(finding, "no image is left whose layers would be missing");
}

void set_mounts_aside(Planning& planning, const Finding& finding) {
    bool any = false;
    for (const MountRecord& mount : planning.inventory().mount_records) {
        if (planning.inventory().find_container(mount.name) != nullptr || !Digest::from_hex(mount.name)) {
            continue;
        }
        const std::string path = planning.inventory().image_root + "/layerdb/mounts/" + mount.name;
        any = true;
        if (!planning.set_aside(finding, path, "the record of a container that is not there")) return;
        planning.keep(mount.mount_id);
        planning.keep(mount.init_id);
    }
    if (!any) planning.refuse(finding, "no mount record is left to set aside");
}

void accept_owner(Planning& planning, const Finding& finding) {
    const std::string_view owner = owner_word(finding);
    if (owner == "layerdb") {
        drop_images_without_layers(planning, finding);
    } else if (owner == "containers") {
        set_mounts_aside(planning, finding);
    } else {
        planning.refuse(finding, "nothing has to change: dockerd makes new records of the build cache");
    }
}

bool holds_more_than_a_cache(DatabaseRole role) {
    return role == DatabaseRole::volumes || role == DatabaseRole::networks;
}

std::string loss_of(DatabaseRole role) {
    if (role == DatabaseRole::volumes) {
        return "drivers, options and labels of named volumes; their files in volumes/ stay";
    }
    if (role == DatabaseRole::networks) return "all user-defined networks";
    return role == DatabaseRole::containerd ? "what containerd knows of its own images and leases"
                                            : "records of the build cache, which dockerd makes anew";
}

void set_database_aside(Planning& planning, const Finding& finding) {
    const auto& databases = planning.inventory().databases;
    const auto record = std::ranges::find(databases, finding.path, &DatabaseRecord::path);
    if (record == databases.end()) {
        planning.refuse(finding, "drydock does not know what it holds");
        return;
    }
    const std::string loss = loss_of(record->role);
    if (holds_more_than_a_cache(record->role) && !planning.policy().accept_database_loss) {
        planning.refuse(finding, "kept without your consent, since this would be lost: " + loss);
        return;
    }
    planning.set_aside(finding, finding.path, loss);
}

void leave_build_cache(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "left as it is: `docker builder prune` takes such records");
}

// A finding of damage that no level could look at more closely.
void leave_unread(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "it could not be read: see to that first");
}

constexpr std::array kRules{
    RuleRow{Damage::driver_folder_missing, drop_all_layers},
    RuleRow{Damage::owner_missing, accept_owner},
    RuleRow{Damage::database_corrupt, set_database_aside},
    RuleRow{Damage::builder_snapshot_dangling, leave_build_cache},
    RuleRow{Damage::unreadable, leave_unread},
};

}  // namespace

std::span<const RuleRow> store_rules() {
    return kRules;
}

}  // namespace drydock
