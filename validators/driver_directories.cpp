// overlay2: the triangle of `link`, l/<link> and the `lower` of whatever stands on top, and the parts a
// directory needs to be mounted (moby daemon/graphdriver/overlay2/overlay.go).
#include "validators/metadata.hpp"

#include <algorithm>
#include <ranges>

namespace drydock {

namespace {

// Whose directory is looked at: a layer, or a container's init or writable layer.
struct Owner {
    Subject subject;
    bool is_container = false;
};

class DirectoryCheck {
public:
    DirectoryCheck(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings)
        : graph_(graph),
          foundation_(foundation),
          findings_(findings),
          lower_right_(graph.inventory().layers.size(), Right::unknown) {}

    void run_layer(std::size_t index) {
        const LayerRecord& layer = graph_.inventory().layers[index];
        const std::string* id = layer.cache_id.get();
        if (id == nullptr || graph_.shared(*id)) return;  // told by the record's own findings
        const Owner owner{.subject = layer_subject(layer.chain)};
        const DriverDirectory* directory = graph_.inventory().find_directory(*id);
        if (directory == nullptr) {
            Finding& finding = add(owner, Damage::driver_directory_missing, *id, {});
            finding.evidence.detail = "needs content";
            return;
        }
        if (!check_parts(owner, *directory)) return;
        if (!lower_is_right(index)) check_lower(owner, *directory, graph_.expected_lower(index));
        const bool mounted_read_write = directory->lower.sight != Sight::absent && !directory->has_committed;
        if (mounted_read_write && !directory->has_work) add(owner, Damage::work_missing, *id, "work");
    }

    void run_mount(const MountRecord& mount, const ContainerRecord& container) {
        const Owner owner{
            .subject = {.kind = SubjectKind::container, .id = mount.name}, .is_container = true
        };
        const std::string* rw = mount.mount_id.get();
        if (rw == nullptr || graph_.shared(*rw)) return;
        const DriverDirectory* writable = graph_.inventory().find_directory(*rw);
        const DriverDirectory* init = graph_.inventory().find_directory(*rw + "-init");
        const bool wants_init = init != nullptr || mount.init_id.present();
        // A container that is being removed loses its directories first, in parts.
        const ContainerConfig* config = container.usable_config();
        if (config != nullptr && config->dead) return;
        if (writable == nullptr) {
            add(owner, Damage::rw_directory_missing, *rw, {});
        }
        if (init == nullptr && wants_init) {
            add(owner, Damage::init_directory_missing, *rw + "-init", {});
        }
        std::optional<std::vector<LowerElement>> below;
        if (const auto top = top_of(mount, container)) below = graph_.lower_on(*top);
        if (init != nullptr && check_parts(owner, *init)) check_lower(owner, *init, below);
        if (writable == nullptr || !check_parts(owner, *writable)) return;
        if (wants_init && below) below->insert(below->begin(), graph_.link_of(*rw + "-init"));
        check_lower(owner, *writable, below);
        if (writable->has_committed) add(owner, Damage::committed_wrong, *rw, "committed");
        if (!writable->has_work && writable->lower.sight != Sight::absent) {
            add(owner, Damage::work_missing, *rw, "work");
        }
    }

private:
    [[nodiscard]] std::optional<ChainId>
    top_of(const MountRecord& mount, const ContainerRecord& container) const {
        if (mount.parent.present()) return mount.parent.value;
        return graph_.top_chain_of_container(
            static_cast<std::size_t>(&container - graph_.inventory().containers.data())
        );
    }

    Finding& add(const Owner& owner, Damage damage, std::string_view directory, std::string_view file) {
        Finding finding{
            .damage = damage,
            .subject = owner.subject,
            .path = graph_.inventory().directory_path(directory, file),
        };
        return findings_.emplace_back(std::move(finding));
    }

    // False where nothing more can be said about the directory.
    bool check_parts(const Owner& owner, const DriverDirectory& directory) {
        if (directory.error != 0) {
            findings_.push_back(make_unreadable(
                owner.subject, graph_.inventory().directory_path(directory.name), directory.error
            ));
            return false;
        }
        if (!directory.has_diff) add(owner, Damage::driver_diff_missing, directory.name, "diff");
        check_link(owner, directory);
        return true;
    }

    void check_link(const Owner& owner, const DriverDirectory& directory) {
        const LowerElement truth = graph_.link_of(directory.name);
        Damage damage = Damage::link_missing;
        switch (directory.link.sight) {
        case Sight::present:
            check_short_link(owner, directory, truth);
            return;
        case Sight::absent:
            break;
        case Sight::empty:
            damage = Damage::link_empty;
            break;
        case Sight::malformed:
            damage = Damage::link_malformed;
            break;
        case Sight::unreadable:
            findings_.push_back(make_unreadable(
                owner.subject, graph_.inventory().directory_path(directory.name, "link"), directory.link.error
            ));
            return;
        }
        Finding& finding = add(owner, damage, directory.name, "link");
        finding.evidence.expected = truth;
        if (directory.link.sight == Sight::malformed) finding.evidence.actual = directory.link.actual;
        finding.witness =
            truth ? "the short link l/" + *truth : std::string("a new name and new `lower` files");
    }

    void check_short_link(const Owner& owner, const DriverDirectory& directory, const LowerElement& truth) {
        if (!foundation_.short_links_known) return;
        const Inventory& inventory = graph_.inventory();
        const std::string& name = directory.link.value;
        if (truth && *truth != name) {
            // l/ has another name for this directory, and none that leads from here to it.
            Finding& finding = add(owner, Damage::link_malformed, directory.name, "link");
            finding.evidence.expected = truth;
            finding.evidence.actual = name;
            finding.evidence.detail = "well-formed, and not the short link of this directory";
            finding.witness = "the short link l/" + *truth;
            return;
        }
        const std::string path = inventory.driver_root + "/l/" + name;
        const std::string target = "../" + directory.name + "/diff";
        const ShortLink* link = inventory.find_short_link(name);
        const auto report = [&](Damage damage) -> Finding& {
            Finding finding{.damage = damage, .subject = owner.subject, .path = path};
            finding.evidence.expected = target;
            finding.witness = "`link` of " + directory.name;
            return findings_.emplace_back(std::move(finding));
        };
        if (link == nullptr) {
            report(Damage::short_link_missing);
        } else if (!truth && claimed_rightly(*link)) {
            Finding& finding = add(owner, Damage::link_malformed, directory.name, "link");
            finding.evidence.actual = name;
            finding.evidence.detail = "well-formed, and the short link of another directory";
            finding.witness = "a new name and new `lower` files";
        } else if (link->target.sight == Sight::unreadable) {
            findings_.push_back(make_unreadable(owner.subject, path, link->target.error));
        } else if (!link->target.present() || link->target.value != target) {
            report(Damage::short_link_wrong).evidence.actual =
                link->target.present() ? link->target.value : link->target.actual;
        }
    }

    // Whether the directory that a short link leads to names it in its own `link`.
    [[nodiscard]] bool claimed_rightly(const ShortLink& link) const {
        const std::string* target = link.target.get();
        const auto name = target != nullptr ? target_directory(*target) : std::nullopt;
        return name && graph_.link_of(*name) == link.name;
    }

    // The quick way for a sound store: this directory's `lower` is the parent's link and the parent's
    // `lower`, and that one is right too. False means "not shown this way".
    bool lower_is_right(std::size_t index) {
        std::vector<std::size_t> open;
        std::optional<std::size_t> at = index;
        while (at && lower_right_[*at] == Right::unknown) {
            open.push_back(*at);
            const LayerTruth& truth = graph_.truth(*at);
            if (!truth.known) {
                lower_right_[*at] = Right::no;
                break;
            }
            at = truth.parent ? index_of(*truth.parent) : std::nullopt;
        }
        for (const std::size_t layer : std::views::reverse(open)) {
            if (lower_right_[layer] == Right::unknown) {
                lower_right_[layer] = stands_on_parent(layer) ? Right::yes : Right::no;
            }
        }
        return lower_right_[index] == Right::yes;
    }

    bool stands_on_parent(std::size_t index) {
        const DriverDirectory* directory = graph_.own_directory(index);
        const LayerTruth& truth = graph_.truth(index);
        if (directory == nullptr) return false;
        if (!truth.parent) return directory->lower.sight == Sight::absent;
        const auto parent = index_of(*truth.parent);
        if (!parent || lower_right_[*parent] != Right::yes || !directory->lower.present()) return false;
        const DriverDirectory* below = graph_.own_directory(*parent);
        const std::string* link = below != nullptr ? below->link.get() : nullptr;
        if (link == nullptr || graph_.link_of(below->name) != *link) return false;
        std::string_view lower = directory->lower.value;
        if (!lower.starts_with("l/") || !lower.substr(2).starts_with(*link)) return false;
        lower.remove_prefix(2 + link->size());
        const std::string* rest = below->lower.get();
        return rest == nullptr ? lower.empty() : lower.starts_with(':') && lower.substr(1) == *rest;
    }

    [[nodiscard]] std::optional<std::size_t> index_of(const ChainId& chain) const {
        const LayerRecord* layer = graph_.inventory().find_layer(chain);
        if (layer == nullptr) return std::nullopt;
        return static_cast<std::size_t>(layer - graph_.inventory().layers.data());
    }

    void check_lower(
        const Owner& owner,
        const DriverDirectory& directory,
        const std::optional<std::vector<LowerElement>>& expected
    ) {
        const auto report = [&](Damage damage) -> Finding& {
            Finding& finding = add(owner, damage, directory.name, "lower");
            if (expected) finding.evidence.expected = format_lower(*expected);
            // With a place unknown there is no whole proof.
            if (expected && std::find(expected->begin(), expected->end(), std::nullopt) == expected->end()) {
                finding.witness = "the links of the parent chain";
            } else {
                finding.repair = RepairClass::quarantine;
            }
            return finding;
        };
        switch (directory.lower.sight) {
        case Sight::absent:
            if (expected && !expected->empty()) report(Damage::lower_missing);
            break;
        case Sight::empty:
            report(Damage::lower_empty);
            break;
        case Sight::malformed:
            report(Damage::lower_wrong).evidence.actual = directory.lower.actual;
            break;
        case Sight::unreadable:
            findings_.push_back(make_unreadable(
                owner.subject,
                graph_.inventory().directory_path(directory.name, "lower"),
                directory.lower.error
            ));
            break;
        case Sight::present: {
            const bool wrong = expected ? !lower_matches(directory.lower.value, *expected)
                                        : !split_lower(directory.lower.value).has_value();
            if (wrong)
                report(Damage::lower_wrong).evidence.actual = directory.lower.value.substr(0, kExcerptBytes);
            break;
        }
        }
    }

    enum class Right : std::uint8_t { unknown, yes, no };

    const StoreGraph& graph_;
    const StoreFoundation& foundation_;
    Findings& findings_;
    std::vector<Right> lower_right_;
};

}  // namespace

void check_driver_directories(
    const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings
) {
    if (!foundation.directories_known || !foundation.layers_known) return;
    DirectoryCheck check(graph, foundation, findings);
    for (std::size_t i = 0; i < graph.inventory().layers.size(); ++i) {
        check.run_layer(i);
    }
    if (!foundation.containers_known) return;
    for (const MountRecord& mount : graph.inventory().mount_records) {
        const ContainerRecord* container = graph.inventory().find_container(mount.name);
        if (container == nullptr) continue;  // whose it is, is not known yet
        check.run_mount(mount, *container);
    }
}

}  // namespace drydock
