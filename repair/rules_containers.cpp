// Mount records, which names and links prove, and containers' own files, of which there is no second copy.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

constexpr std::string_view kInit = "-init";
constexpr std::uint32_t kFolderMode = 0755;
constexpr std::uint32_t kMountsMode = 0700;
constexpr std::uint32_t kMarkMode = 0600;

std::string mount_path(const Planning& planning, const std::string& container) {
    return planning.inventory().image_root + "/layerdb/mounts/" + container;
}

// A directory that a record can be made to name: it is there, and no other record names it.
bool is_free(const Planning& planning, const std::string& directory, const std::string& container) {
    const Inventory& inventory = planning.inventory();
    const auto& owners = planning.graph().owners(directory);
    return inventory.find_directory(directory) != nullptr &&
           std::ranges::all_of(owners, [&](const DirectoryOwner& owner) {
               return owner.kind != DirectoryOwner::Kind::layer &&
                      inventory.mount_records[owner.index].name == container;
           });
}

// The writable directory that a finding about the record's `mount-id` proves, if it can be written.
std::optional<std::string> proven_writable(const Planning& planning, const Finding& finding) {
    const auto& expected = finding.evidence.expected;
    const bool proven = expected && finding.witness && is_free(planning, *expected, finding.subject.id);
    return proven ? expected : std::nullopt;
}

std::optional<std::string> writable_of(const Planning& planning, const std::string& container) {
    const MountRecord* mount = planning.inventory().find_mount(container);
    if (mount != nullptr && mount->mount_id.present()) return mount->mount_id.value;
    for (const Finding& finding : planning.report().findings) {
        const bool of_mount_id =
            finding.damage == Damage::mount_id_missing || finding.damage == Damage::mount_id_malformed;
        if (of_mount_id && finding.subject.id == container) return proven_writable(planning, finding);
    }
    return std::nullopt;
}

std::optional<ChainId> top_of(const Planning& planning, const std::string& container) {
    const ContainerRecord* record = planning.inventory().find_container(container);
    if (record == nullptr) return std::nullopt;
    return planning.graph().top_chain_of_container(
        static_cast<std::size_t>(record - planning.inventory().containers.data())
    );
}

void make_mount(Planning& planning, const Finding& finding) {
    const std::string& container = finding.subject.id;
    const auto writable = proven_writable(planning, finding);
    const auto top = top_of(planning, container);
    if (!writable || !top || planning.inventory().find_directory(*writable + std::string(kInit)) == nullptr) {
        planning.refuse(finding, "nothing proves which directory is the container's");
        return;
    }
    if (planning.inventory().mounts == FolderState::absent) {
        planning.make_folder(planning.inventory().image_root + "/layerdb/mounts", kMountsMode);
    }
    NewObject record{.kind = NewObject::Kind::folder, .mode = kFolderMode};
    record.entries = {
        {"init-id", new_file(*writable + std::string(kInit), kRecordMode)},
        {"mount-id", new_file(*writable, kRecordMode)},
        {"parent", new_file(top->text(), kRecordMode)},
    };
    planning.write(finding, mount_path(planning, container), std::move(record));
}

void fix_mount_id(Planning& planning, const Finding& finding) {
    const auto writable = proven_writable(planning, finding);
    if (!writable) {
        planning.refuse(finding, "nothing proves which directory is the container's");
        return;
    }
    planning.write(finding, finding.path, new_file(*writable, kRecordMode));
}

// dockerd names the init directory after the writable one.
void fix_init_id(Planning& planning, const Finding& finding) {
    const auto writable = writable_of(planning, finding.subject.id);
    const std::string init = writable.value_or("") + std::string(kInit);
    if (!writable || !is_free(planning, init, finding.subject.id)) {
        planning.refuse(finding, "the directory that it would have to name is not there, or not proven");
        return;
    }
    planning.write(finding, finding.path, new_file(init, kRecordMode));
}

void fix_mount_parent(Planning& planning, const Finding& finding) {
    const auto top = top_of(planning, finding.subject.id);
    if (!top) {
        planning.refuse(finding, "the container's image is gone, so nothing proves which layer it stands on");
        return;
    }
    planning.write(finding, finding.path, new_file(top->text(), kRecordMode));
}

// What the container's own `lower` tells of the init directory below it.
struct InitTruth {
    std::string link;
    std::string lower;
};

std::optional<InitTruth> init_truth(const Planning& planning, const std::string& writable) {
    const Inventory& inventory = planning.inventory();
    const DriverDirectory* directory = inventory.find_directory(writable);
    const std::string* lower = directory != nullptr ? directory->lower.get() : nullptr;
    const auto elements = lower != nullptr ? split_lower(*lower) : std::nullopt;
    if (!elements || elements->size() < 2) return std::nullopt;
    const std::string& link = elements->front();
    const ShortLink* found = inventory.find_short_link(link);
    const bool leads_there =
        found == nullptr ||
        (found->target.present() && found->target.value == "../" + writable + std::string(kInit) + "/diff");
    const bool claimed = std::ranges::any_of(inventory.directories, [&](const DriverDirectory& other) {
        return other.link.present() && other.link.value == link;
    });
    if (!leads_there || claimed) return std::nullopt;
    return InitTruth{.link = link, .lower = lower->substr(lower->find(':') + 1)};
}

void make_init(Planning& planning, const Finding& finding) {
    const Inventory& inventory = planning.inventory();
    const MountRecord* mount = inventory.find_mount(finding.subject.id);
    const std::string writable = mount != nullptr ? mount->mount_id.value : std::string();
    const auto truth = init_truth(planning, writable);
    const auto top = mount != nullptr && mount->parent.present() ? std::optional(mount->parent.value)
                                                                 : top_of(planning, finding.subject.id);
    const auto below = top ? planning.graph().lower_on(*top) : std::nullopt;
    if (!truth || !below || !lower_matches(truth->lower, *below)) {
        planning.refuse(finding, "the container's `lower` does not prove what it stood on");
        return;
    }
    NewObject folder{.kind = NewObject::Kind::folder, .mode = kWorkMode};
    folder.entries = {
        {"committed", new_file("", kMarkMode)},
        {"diff", {.kind = NewObject::Kind::folder, .mode = kFolderMode}},
        {"link", new_file(truth->link, kRecordMode)},
        {"lower", new_file(truth->lower, kRecordMode)},
        {"work", {.kind = NewObject::Kind::folder, .mode = kWorkMode}},
    };
    planning.write(finding, finding.path, std::move(folder));
    if (inventory.find_short_link(truth->link) == nullptr && inventory.has_short_link_folder) {
        planning.write(
            finding,
            inventory.driver_root + "/l/" + truth->link,
            {.kind = NewObject::Kind::link, .text = "../" + writable + std::string(kInit) + "/diff"}
        );
    }
}

// dockerd lists it neither before nor after; out of the way it no longer stops dockerd, nor keeps its name.
void set_container_aside(Planning& planning, const Finding& finding) {
    const Inventory& inventory = planning.inventory();
    const std::string& id = finding.subject.id;
    const auto data = inventory.writable_path(id);
    const std::string loss =
        "the container's settings" +
        (data ? "; what it wrote stays in " + *data : std::string("; where it wrote to is not known"));
    const bool there = inventory.find_container(id) != nullptr;
    if (!there || !planning.set_aside(finding, inventory.container_path(id), loss)) {
        if (!there) planning.refuse(finding, "its folder is not there");
        return;
    }
    if (const MountRecord* mount = inventory.find_mount(id)) {
        planning.set_aside(finding, mount_path(planning, id), "");
        planning.keep(mount->mount_id);
        planning.keep(mount->init_id);
    }
}

void leave_host_config(Planning& planning, const Finding& finding) {
    planning.refuse(
        finding, "left as it is: dockerd takes defaults, and setting it aside would lose the container"
    );
}

void leave_writable(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "what the container wrote is gone, and nobody else has it");
}

constexpr std::array kRules{
    RuleRow{Damage::mount_record_missing, make_mount},
    RuleRow{Damage::mount_id_missing, fix_mount_id},
    RuleRow{Damage::mount_id_malformed, fix_mount_id},
    RuleRow{Damage::init_id_missing, fix_init_id},
    RuleRow{Damage::init_id_malformed, fix_init_id},
    RuleRow{Damage::mount_parent_missing, fix_mount_parent},
    RuleRow{Damage::mount_parent_malformed, fix_mount_parent},
    RuleRow{Damage::mount_parent_dangling, fix_mount_parent},
    RuleRow{Damage::rw_directory_missing, leave_writable},
    RuleRow{Damage::init_directory_missing, make_init},
    RuleRow{Damage::container_config_missing, set_container_aside},
    RuleRow{Damage::container_config_empty, set_container_aside},
    RuleRow{Damage::container_config_corrupt, set_container_aside},
    RuleRow{Damage::container_hostconfig_missing, leave_host_config},
    RuleRow{Damage::container_hostconfig_corrupt, set_container_aside},
    RuleRow{Damage::container_image_missing, leave_harmless},
    RuleRow{Damage::container_foreign_driver, leave_harmless},
};

}  // namespace

std::span<const RuleRow> container_rules() {
    return kRules;
}

}  // namespace drydock
