// The triangle of `link`, l/<link> and `lower`, and the parts of a directory that dockerd mounts.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

constexpr std::uint32_t kDriverFolderMode = 0700;

// The driver directory that a path lies in.
std::string directory_in(const Planning& planning, std::string_view path) {
    const std::string_view rest = path.substr(planning.inventory().driver_root.size() + 1);
    return std::string(rest.substr(0, rest.find('/')));
}

void fix_link(Planning& planning, const Finding& finding) {
    const LowerElement link = planning.graph().link_of(directory_in(planning, finding.path));
    if (!link || link != finding.evidence.expected) {
        planning.refuse(
            finding,
            "it needs a new name, and with it new `lower` files of all that stand on it: not yet done by "
            "this "
            "version"
        );
        return;
    }
    planning.write(finding, finding.path, new_file(*link, kRecordMode));
}

void fix_short_link(Planning& planning, const Finding& finding) {
    const auto target =
        finding.evidence.expected ? target_directory(*finding.evidence.expected) : std::nullopt;
    const DriverDirectory* directory = target ? planning.inventory().find_directory(*target) : nullptr;
    const std::string name = finding.path.substr(finding.path.rfind('/') + 1);
    if (directory == nullptr || !directory->link.present() || directory->link.value != name) {
        planning.refuse(finding, "no `link` names it");
        return;
    }
    if (!planning.inventory().has_short_link_folder) {
        planning.make_folder(planning.inventory().driver_root + "/l", kDriverFolderMode);
    }
    planning.write(
        finding, finding.path, {.kind = NewObject::Kind::link, .text = *finding.evidence.expected}
    );
}

void fix_lower(Planning& planning, const Finding& finding) {
    const auto& expected = finding.evidence.expected;
    // "?" stands for a place that no witness tells.
    if (!finding.witness || !expected || expected->find('?') != std::string::npos) {
        planning.refuse(finding, "not every layer below it is proven, so its `lower` is not known");
    } else if (expected->empty()) {
        planning.set_aside(finding, finding.path, "");  // a base layer has none
    } else {
        planning.write(finding, finding.path, new_file(*expected, kRecordMode));
    }
}

void make_work(Planning& planning, const Finding& finding) {
    planning.write(finding, finding.path, {.kind = NewObject::Kind::folder, .mode = kWorkMode});
}

void set_mark_aside(Planning& planning, const Finding& finding) {
    planning.set_aside(finding, finding.path, "");
}

constexpr std::array kRules{
    RuleRow{Damage::link_missing, fix_link},
    RuleRow{Damage::link_empty, fix_link},
    RuleRow{Damage::link_malformed, fix_link},
    RuleRow{Damage::short_link_missing, fix_short_link},
    RuleRow{Damage::short_link_wrong, fix_short_link},
    RuleRow{Damage::lower_missing, fix_lower},
    RuleRow{Damage::lower_empty, fix_lower},
    RuleRow{Damage::lower_wrong, fix_lower},
    RuleRow{Damage::work_missing, make_work},
    RuleRow{Damage::committed_wrong, set_mark_aside},
};

}  // namespace

std::span<const RuleRow> driver_rules() {
    return kRules;
}

}  // namespace drydock
