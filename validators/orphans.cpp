// What nobody uses although it is in order: layer records, mount records, driver directories and short
// links that no image, container or build cache needs. Where somebody who might need them cannot be
// asked (Keeper::perhaps), nothing is said.
#include "validators/ownership.hpp"

#include <algorithm>
#include <unordered_set>

namespace drydock {

void take_directory(const StoreGraph& graph, std::string_view directory, Evidence& evidence) {
    const Inventory& inventory = graph.inventory();
    if (inventory.find_directory(directory) == nullptr) return;
    evidence.takes.push_back(inventory.directory_path(directory));
    // A daemon that was killed while it made the directory may have left it without `link`.
    for (const std::string& link : graph.links_to(directory)) {
        evidence.takes.push_back(inventory.driver_root + "/l/" + link);
    }
}

namespace {

class OrphanCheck {
public:
    OrphanCheck(const StoreGraph& graph, const Ownership& ownership, Findings& findings)
        : graph_(graph), inventory_(graph.inventory()), ownership_(ownership), findings_(findings) {}

    void run_layer(std::size_t index) {
        if (ownership_.of_layer(index) != Keeper::nobody) return;
        const LayerRecord& layer = inventory_.layers[index];
        Finding& finding =
            add(Damage::layer_record_orphan, layer_subject(layer.chain), inventory_.layer_path(layer.chain));
        const DriverDirectory* directory = graph_.own_directory(index);
        if (directory != nullptr && !ownership_.is_leftover(directory->name) &&
            ownership_.of_directory_without(*directory, DirectoryOwner::Kind::layer, index) ==
                Keeper::nobody) {
            take_directory(graph_, directory->name, finding.evidence);
        }
    }

    void run_mount(const MountRecord& mount, const StoreFoundation& foundation) {
        const bool builders_form = form_of(mount.name) == DirectoryName::builder;
        if (inventory_.find_container(mount.name) != nullptr || ownership_.is_builders(mount.name) ||
            (builders_form && !foundation.builder_known)) {
            return;
        }
        const std::string path = inventory_.image_root + "/layerdb/mounts/" + mount.name;
        Finding& finding = add(Damage::mount_record_orphan, container_subject(mount.name), path);
        for (const Seen<std::string>* id : {&mount.mount_id, &mount.init_id}) {
            if (id->sight == Sight::unreadable) {
                findings_.back() = make_unreadable(container_subject(mount.name), path, id->error);
                return;
            }
            const DriverDirectory* directory = id->present() ? inventory_.find_directory(id->value) : nullptr;
            const auto index = static_cast<std::size_t>(&mount - inventory_.mount_records.data());
            if (directory != nullptr &&
                ownership_.of_directory_without(*directory, DirectoryOwner::Kind::container_rw, index) ==
                    Keeper::nobody) {
                take_directory(graph_, id->value, finding.evidence);
            }
        }
    }

    void run_directory(const DriverDirectory& directory) {
        if (!graph_.owners(directory.name).empty() || ownership_.is_leftover(directory.name)) return;
        Subject subject{.kind = SubjectKind::driver_directory, .id = directory.name};
        const std::string path = inventory_.directory_path(directory.name);
        if (directory.error != 0) {
            findings_.push_back(make_unreadable(std::move(subject), path, directory.error));
        } else if (ownership_.of_directory(directory) == Keeper::nobody) {
            Finding& finding = add(Damage::driver_directory_orphan, std::move(subject), path);
            finding.evidence.takes.clear();
            take_directory(graph_, directory.name, finding.evidence);
        }
    }

    void run_short_links() {
        std::unordered_set<std::string_view> loose;
        for (const ShortLink& link : inventory_.short_links) {
            if (link.target.present() && is_loose(link)) loose.insert(link.name);
        }
        for (const DriverDirectory& directory : inventory_.directories) {
            if (directory.link.sight == Sight::unreadable || directory.lower.sight == Sight::unreadable)
                return;
            if (const std::string* link = directory.link.get()) loose.erase(*link);
        }
        if (loose.empty()) return;
        for (const DriverDirectory& directory : inventory_.directories) {
            if (!directory.lower.present()) continue;
            for_each_lower(directory.lower.value, [&](std::string_view name) { loose.erase(name); });
        }
        for (const ShortLink& link : inventory_.short_links) {
            if (!loose.contains(link.name)) continue;
            Finding& finding =
                add(Damage::short_link_stale,
                    {.kind = SubjectKind::driver_directory, .id = link.name},
                    inventory_.driver_root + "/l/" + link.name);
            finding.evidence.actual = link.target.value;
        }
    }

private:
    static Subject container_subject(const std::string& name) {
        return {.kind = SubjectKind::container, .id = name};
    }

    // A link belongs to the damage of its directory where that is missing or has lost its `link`.
    [[nodiscard]] bool is_loose(const ShortLink& link) const {
        const auto name = target_directory(link.target.value);
        if (!name) return true;
        const DriverDirectory* directory = inventory_.find_directory(*name);
        if (directory == nullptr) return graph_.owners(*name).empty();
        return directory->link.present() && graph_.link_of(*name) != link.name;
    }

    Finding& add(Damage damage, Subject subject, std::string path) {
        Finding finding{.damage = damage, .subject = std::move(subject), .path = std::move(path)};
        finding.evidence.takes.push_back(finding.path);
        return findings_.emplace_back(std::move(finding));
    }

    const StoreGraph& graph_;
    const Inventory& inventory_;
    const Ownership& ownership_;
    Findings& findings_;
};

}  // namespace

void check_orphans(
    const StoreGraph& graph, const Ownership& ownership, const StoreFoundation& foundation, Findings& findings
) {
    const Inventory& inventory = graph.inventory();
    if (!foundation.layers_known || !foundation.directories_known) return;
    OrphanCheck check(graph, ownership, findings);
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        check.run_layer(i);
    }
    if (foundation.containers_known) {
        for (const MountRecord& mount : inventory.mount_records) {
            check.run_mount(mount, foundation);
        }
    }
    for (const DriverDirectory& directory : inventory.directories) {
        check.run_directory(directory);
    }
    if (foundation.short_links_known) check.run_short_links();
}

}  // namespace drydock
