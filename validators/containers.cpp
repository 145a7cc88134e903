// containers/<id>: config.v2.json and hostconfig.json, as dockerd reads them at start (moby
// daemon/daemon.go:restore, daemon/container.go:load and Register, container/container.go:FromDisk). What it
// refuses, it leaves out of its list; what it follows without looking, crashes it. What it takes is never
// called damage here, and there is no second copy of these files to compare with.
#include "validators/metadata.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace drydock {

namespace {

// What dockerd 20.10 and later stumbles over at start, or "".
struct Crash {
    std::string why;
    bool reached = false;  // dockerd gets as far as that; else another damage keeps it from there
};

// dockerd 20.10 finds "Linux" to be the host's system, and then no driver by that name.
bool is_misspelt_linux(std::string_view os) {
    constexpr std::string_view kHost = "linux";
    return os != kHost && std::equal(os.begin(), os.end(), kHost.begin(), kHost.end(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

// As restartmanager.go:ShouldRestart.
bool restarts_at_start(const ContainerConfig& config, const HostConfig& host) {
    if (host.restart_policy == "always") return true;
    if (host.restart_policy == "unless-stopped") return !config.stopped_by_hand;
    const bool again = host.maximum_restarts == 0 || config.restarts < host.maximum_restarts;
    return host.restart_policy == "on-failure" && config.exit_code != 0 && again;
}

class ContainerCheck {
public:
    ContainerCheck(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings)
        : inventory_(graph.inventory()), foundation_(foundation), findings_(findings) {
        if (const Repositories* repositories = inventory_.repositories.get()) {
            for (const TagRecord& tag : repositories->tags) {
                if (tag.image) told_images_.insert(*tag.image);
            }
        }
        for (const ImageRecord& image : inventory_.images) {
            if (image.parent.present()) told_images_.insert(image.parent.value);
        }
    }

    void run(const ContainerRecord& container) {
        const bool ours = inventory_.owns(container);
        if (container.error != 0) {
            if (ours) add_unreadable(container, {}, container.error);
            return;
        }
        if (!check_crash(container, ours) && ours) check_config(container);
        check_host_config(container, ours);
        if (const ContainerConfig* config = container.usable_config()) {
            if (ours && !config->dead) check_image(container, *config);
            if (!ours) check_driver(container, *config);
        }
    }

private:
    Finding& add(const ContainerRecord& container, Damage damage, std::string_view file) {
        Finding finding{
            .damage = damage,
            .subject = {.kind = SubjectKind::container, .id = container.id},
            .path = inventory_.container_path(container.id, file),
        };
        return findings_.emplace_back(std::move(finding));
    }

    void add_unreadable(const ContainerRecord& container, std::string_view file, int error) {
        findings_.push_back(make_unreadable(
            {.kind = SubjectKind::container, .id = container.id},
            inventory_.container_path(container.id, file),
            error
        ));
    }

    void check_config(const ContainerRecord& container) {
        switch (container.config.sight) {
        case Sight::present:
            check_decoded(container, container.config.value);
            break;
        case Sight::absent:
            if (Finding& finding = add(container, Damage::container_config_missing, kConfig);
                inventory_.find_mount(container.id) == nullptr) {
                finding.evidence.detail = "there is no mount record of it either";
            }
            break;
        case Sight::empty:
            add(container, Damage::container_config_empty, kConfig);
            break;
        case Sight::malformed: {
            Finding& finding = add(container, Damage::container_config_corrupt, kConfig);
            finding.evidence.actual = container.config.actual;
            finding.evidence.detail = "no JSON";
            break;
        }
        case Sight::unreadable:
            add_unreadable(container, kConfig, container.config.error);
            break;
        }
    }

    void check_decoded(const ContainerRecord& container, const ContainerConfig& config) {
        if (!config.undecodable.empty()) {
            add(container, Damage::container_config_corrupt, kConfig).evidence.detail = config.undecodable;
            return;
        }
        if (config.id.value_or(container.id) != container.id) {
            Finding& finding = add(container, Damage::container_config_corrupt, kConfig);
            finding.evidence.expected = container.id;
            finding.evidence.actual = config.id->substr(0, kExcerptBytes);
            finding.evidence.detail = "ID is not the name of the folder";
            return;
        }
        if (config.null || config.driver.empty()) {
            // dockerd takes it for a container of another driver.
            Finding& finding = add(container, Damage::container_config_corrupt, kConfig);
            finding.evidence.detail = config.null ? "the document is null" : "it names no storage driver";
        }
    }

    // What happens while the files are read happens to containers of other drivers, too.
    bool check_crash(const ContainerRecord& container, bool ours) {
        const ContainerConfig* config = container.config.get();
        if (config == nullptr || !config->undecodable.empty()) return false;
        const Crash crash = find_crash(container, *config, ours);
        if (crash.why.empty()) return false;
        Finding& finding = add(container, Damage::container_config_corrupt, kConfig);
        finding.evidence.detail = crash.why;
        if (crash.reached) finding.severity = Severity::fatal;
        return true;
    }

    [[nodiscard]] Crash
    find_crash(const ContainerRecord& container, const ContainerConfig& config, bool ours) const {
        const bool host_absent = container.host_config.sight == Sight::absent;
        const bool host_taken = container.host_config.present() && !container.host_config.value.null;
        // The container's lock is part of its State, and is taken when the hostconfig has been read.
        if (config.null_state && container.host_config.present()) return {"State is null", true};
        const bool named_rightly = config.id.value_or(container.id) == container.id;
        if (!named_rightly || !(host_absent || host_taken)) return {};
        if (is_misspelt_linux(config.os) && config.driver.empty()) {
            return {"OS is \"" + config.os + "\", and Driver is empty", true};
        }
        if (!ours || config.driver != inventory_.driver) return {};
        const MountRecord* mount = inventory_.find_mount(container.id);
        const bool listed = mount != nullptr && mount->mount_id.present();
        if (config.null_state) return {"State is null", listed};
        if (config.no_config) return {"Config is null or absent", listed};
        if (config.null_streams) return {"StreamConfig is null", listed};
        if (config.null_mount_point) return {"a mount point is null", listed};
        if (config.no_network_settings && host_taken &&
            restarts_at_start(config, container.host_config.value)) {
            return {
                "NetworkSettings is null or absent, and dockerd is to restart the container at start", listed
            };
        }
        return {};
    }

    void check_host_config(const ContainerRecord& container, bool ours) {
        switch (container.host_config.sight) {
        case Sight::present:
            if (container.host_config.value.null) check_null_host_config(container, ours);
            break;
        case Sight::absent:
            if (ours) check_absent_host_config(container);
            break;
        case Sight::empty:
            if (ours) add_host_config(container).evidence.detail = "no bytes";
            break;
        case Sight::malformed:
            if (ours) add_host_config(container).evidence.actual = container.host_config.actual;
            break;
        case Sight::unreadable:
            if (ours) add_unreadable(container, kHostConfig, container.host_config.error);
            break;
        }
    }

    Finding& add_host_config(const ContainerRecord& container) {
        return add(container, Damage::container_hostconfig_corrupt, kHostConfig);
    }

    void check_null_host_config(const ContainerRecord& container, bool ours) {
        // It is read as soon as the config is decoded, whatever stands in that.
        const ContainerConfig* config = container.config.get();
        const bool read = config != nullptr && config->undecodable.empty();
        if (!read && !ours) return;
        Finding& finding = add_host_config(container);
        finding.evidence.actual = "null";
        if (read) finding.severity = Severity::fatal;
    }

    void check_absent_host_config(const ContainerRecord& container) {
        // With both files gone the folder is told by the config; of a dead container nothing is needed.
        const ContainerConfig* config = container.own_config();
        if (container.config.sight == Sight::absent || (config != nullptr && config->dead)) return;
        add(container, Damage::container_hostconfig_missing, kHostConfig);
    }

    void check_image(const ContainerRecord& container, const ContainerConfig& config) {
        const auto image = ImageId::from_text(config.image);
        if (!image || !foundation_.images_known || inventory_.find_image(*image) != nullptr) return;
        if (told_images_.contains(*image)) return;  // told at the tag or at the image built on it
        Finding& finding = add(container, Damage::container_image_missing, kConfig);
        finding.evidence.actual = config.image;
    }

    void check_driver(const ContainerRecord& container, const ContainerConfig& config) {
        if (!inventory_.other_drivers || std::ranges::binary_search(*inventory_.other_drivers, config.driver))
            return;
        Finding& finding = add(container, Damage::container_foreign_driver, kConfig);
        finding.evidence.expected = inventory_.driver;
        finding.evidence.actual = config.driver.substr(0, kExcerptBytes);
    }

    static constexpr std::string_view kConfig = "config.v2.json";
    static constexpr std::string_view kHostConfig = "hostconfig.json";

    const Inventory& inventory_;
    const StoreFoundation& foundation_;
    Findings& findings_;
    std::set<ImageId> told_images_;  // whose absence is a finding of a tag or of another image
};

// Damages with which dockerd does not list a container.
bool hides(Damage damage) {
    constexpr std::array kHiding{
        Damage::container_config_missing,
        Damage::container_config_empty,
        Damage::container_config_corrupt,
        Damage::container_hostconfig_corrupt,
        Damage::mount_record_missing,
        Damage::mount_id_missing,
        Damage::mount_id_malformed,
        Damage::init_id_malformed,
        Damage::mount_parent_malformed,
        Damage::mount_parent_dangling,
    };
    return std::ranges::find(kHiding, damage) != kHiding.end();
}

}  // namespace

void check_containers(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    // Without mount records it is not known whose a container is.
    if (!foundation.containers_known) return;
    ContainerCheck check(graph, foundation, findings);
    for (const ContainerRecord& container : graph.inventory().containers) {
        check.run(container);
    }
}

void tell_writable_data(const Inventory& inventory, Findings& findings) {
    for (Finding& finding : findings) {
        if (finding.subject.kind != SubjectKind::container || !hides(finding.damage)) continue;
        auto path = inventory.writable_path(finding.subject.id);
        const auto& proven = finding.evidence.expected;
        const bool by_links = finding.damage == Damage::mount_record_missing ||
                              finding.damage == Damage::mount_id_missing ||
                              finding.damage == Damage::mount_id_malformed;
        if (!path && by_links && proven && inventory.find_directory(*proven) != nullptr) {
            path = inventory.directory_path(*proven, "diff");
        }
        if (!path) continue;
        auto& detail = finding.evidence.detail;
        detail = (detail ? *detail + "; " : "") + ("what the container wrote lies in " + *path);
    }
}

}  // namespace drydock
