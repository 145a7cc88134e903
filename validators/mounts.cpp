// layerdb/mounts/<container>: the names of a container's writable and init directories and the layer it
// stands on. dockerd writes these files in place and unsynced, so a power cut empties them.
#include "validators/metadata.hpp"

#include <algorithm>
#include <map>

namespace drydock {

namespace {

class MountCheck {
public:
    MountCheck(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings)
        : graph_(graph), inventory_(graph.inventory()), foundation_(foundation), findings_(findings) {}

    void run_container(std::size_t index) {
        const ContainerRecord& container = inventory_.containers[index];
        const ContainerConfig* config = container.usable_config();
        const MountRecord* mount = inventory_.find_mount(container.id);
        if (mount != nullptr) {
            check_mount_id(index, *mount);
            check_init_id(*mount);
            check_parent(index, *mount);
            return;
        }
        if (config == nullptr || config->driver != inventory_.driver || config->dead) return;
        Finding& finding = add(container.id, Damage::mount_record_missing, {});
        claim(finding, find_unrecorded_rw(graph_.top_chain_of_container(index)));
    }

    // Of two containers that one directory would fit, the links cannot tell whose it is.
    void withdraw_contested() {
        for (const auto& [rw, claimants] : claims_) {
            if (claimants.size() < 2) continue;
            for (const std::size_t index : claimants) {
                findings_[index].evidence.expected.reset();
                findings_[index].witness.reset();
                findings_[index].repair = RepairClass::quarantine;
            }
        }
    }

    // Directories that several containers write to. With a layer among the owners it is told there.
    void run_shared() {
        for (const MountRecord& mount : inventory_.mount_records) {
            const std::string* rw = mount.mount_id.get();
            if (rw == nullptr) continue;
            const auto& owners = graph_.owners(*rw);
            std::vector<std::string> names;
            for (const DirectoryOwner& owner : owners) {
                if (owner.kind != DirectoryOwner::Kind::layer) {
                    names.push_back(inventory_.mount_records[owner.index].name);
                }
            }
            if (names.size() != owners.size()) continue;
            std::sort(names.begin(), names.end());
            names.erase(std::unique(names.begin(), names.end()), names.end());
            if (names.size() < 2 || names.front() != mount.name) continue;
            Finding& finding = add(mount.name, Damage::cache_id_shared, "mount-id");
            finding.evidence.actual = *rw;
            finding.evidence.peers.assign(names.begin() + 1, names.end());
            finding.repair = RepairClass::quarantine;
        }
    }

private:
    [[nodiscard]] std::string path(const std::string& container, std::string_view file) const {
        std::string result = inventory_.image_root + "/layerdb/mounts/" + container;
        return file.empty() ? result : result + "/" + std::string(file);
    }

    Finding& add(const std::string& container, Damage damage, std::string_view file) {
        Finding finding{
            .damage = damage,
            .subject = {.kind = SubjectKind::container, .id = container},
            .path = path(container, file),
        };
        return findings_.emplace_back(std::move(finding));
    }

    void add_unreadable(const MountRecord& mount, std::string_view file, int error) {
        findings_.push_back(
            make_unreadable({.kind = SubjectKind::container, .id = mount.name}, path(mount.name, file), error)
        );
    }

    void check_mount_id(std::size_t index, const MountRecord& mount) {
        if (mount.mount_id.present()) return;
        if (mount.mount_id.sight == Sight::unreadable) {
            add_unreadable(mount, "mount-id", mount.mount_id.error);
            return;
        }
        const bool absent = mount.mount_id.sight == Sight::absent;
        Finding& finding =
            add(mount.name, absent ? Damage::mount_id_missing : Damage::mount_id_malformed, "mount-id");
        if (!absent) finding.evidence.actual = mount.mount_id.actual;
        constexpr std::string_view kInit = "-init";
        if (mount.init_id.present() && mount.init_id.value.ends_with(kInit)) {
            finding.evidence.expected =
                mount.init_id.value.substr(0, mount.init_id.value.size() - kInit.size());
            finding.witness = "`init-id` of the same record";
            return;
        }
        const auto top =
            mount.parent.present() ? std::optional(mount.parent.value) : graph_.top_chain_of_container(index);
        claim(finding, find_unrecorded_rw(top));
    }

    // `finding` is the last one. `rw` is the directory that it would mend, if one was found.
    void claim(Finding& finding, const std::optional<std::string>& rw) {
        finding.evidence.expected = rw;
        if (!rw) {
            finding.repair = RepairClass::quarantine;
            return;
        }
        finding.witness = "the links of directory " + *rw;
        claims_[*rw].push_back(findings_.size() - 1);
    }

    void check_init_id(const MountRecord& mount) {
        const std::string* rw = mount.mount_id.get();
        const std::optional<std::string> expected =
            rw != nullptr ? std::optional(*rw + "-init") : std::nullopt;
        Damage damage = Damage::init_id_malformed;
        switch (mount.init_id.sight) {
        case Sight::present:
            if (!expected || mount.init_id.value == *expected) return;
            break;
        case Sight::absent:
            // The classic builder's own mounts have no init layer.
            if (!expected || inventory_.find_directory(*expected) == nullptr) return;
            damage = Damage::init_id_missing;
            break;
        case Sight::empty:
        case Sight::malformed:
            break;
        case Sight::unreadable:
            add_unreadable(mount, "init-id", mount.init_id.error);
            return;
        }
        Finding& finding = add(mount.name, damage, "init-id");
        finding.evidence.expected = expected;
        if (damage == Damage::init_id_malformed) {
            finding.evidence.actual = mount.init_id.present() ? mount.init_id.value : mount.init_id.actual;
        }
        if (expected) {
            finding.witness = "`mount-id` of the same record";
        } else {
            finding.repair = RepairClass::quarantine;
        }
    }

    void check_parent(std::size_t index, const MountRecord& mount) {
        const auto top = graph_.top_chain_of_container(index);
        Damage damage = Damage::mount_parent_malformed;
        switch (mount.parent.sight) {
        case Sight::present:
            // A chain id that an image knows is right; then its record is missing, told at the layer.
            if (!foundation_.layers_known || inventory_.find_layer(mount.parent.value) != nullptr ||
                graph_.known(mount.parent.value) != nullptr || graph_.has_child(mount.parent.value)) {
                return;
            }
            damage = Damage::mount_parent_dangling;
            break;
        case Sight::absent:
            if (!top) return;  // an image without layers, or nothing that tells of one
            damage = Damage::mount_parent_missing;
            break;
        case Sight::empty:
        case Sight::malformed:
            break;
        case Sight::unreadable:
            add_unreadable(mount, "parent", mount.parent.error);
            return;
        }
        Finding& finding = add(mount.name, damage, "parent");
        if (mount.parent.present()) {
            finding.evidence.actual = mount.parent.value.text();
        } else if (mount.parent.sight == Sight::malformed) {
            finding.evidence.actual = mount.parent.actual;
        }
        if (top) {
            finding.evidence.expected = top->text();
            finding.witness = "the container's image";
        } else {
            finding.repair = RepairClass::quarantine;
        }
    }

    // A writable directory that no record names and that stands on the layer `top`: proven only if it
    // is the only one.
    [[nodiscard]] std::optional<std::string> find_unrecorded_rw(const std::optional<ChainId>& top) const {
        if (!foundation_.directories_known || !top) return std::nullopt;
        const auto below = graph_.lower_on(*top);
        if (!below) return std::nullopt;
        std::optional<std::string> only;
        for (const DriverDirectory& rw : inventory_.directories) {
            const DriverDirectory* init = inventory_.find_directory(rw.name + "-init");
            if (init == nullptr || !graph_.owners(rw.name).empty() || !init->lower.present() ||
                !lower_matches(init->lower.value, *below)) {
                continue;
            }
            if (only) return std::nullopt;
            only = rw.name;
        }
        return only;
    }

    const StoreGraph& graph_;
    const Inventory& inventory_;
    const StoreFoundation& foundation_;
    Findings& findings_;
    std::map<std::string, std::vector<std::size_t>> claims_;  // directory -> findings that its links mend
};

}  // namespace

void check_mounts(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    // Without layerdb nothing can be said of what stands in it.
    if (!foundation.containers_known || !foundation.layers_known) return;
    MountCheck check(graph, foundation, findings);
    for (std::size_t i = 0; i < graph.inventory().containers.size(); ++i) {
        check.run_container(i);
    }
    check.withdraw_contested();
    check.run_shared();
}

}  // namespace drydock
