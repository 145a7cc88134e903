// What nobody uses. It is taken where the user asks for it, and only where the proof is complete.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

constexpr std::string_view kNeedsContent = "needs content";

// Whether a path lies in a directory that the records of an earlier transaction name.
bool kept_by_transaction(const Planning& planning, const std::vector<std::string>& paths) {
    const std::string& root = planning.inventory().driver_root;
    return std::ranges::any_of(paths, [&](const std::string& path) {
        if (!path.starts_with(root + "/")) return false;
        const std::string_view rest = std::string_view(path).substr(root.size() + 1);
        return planning.is_kept(std::string(rest.substr(0, rest.find('/'))));
    });
}

void take(Planning& planning, const Finding& finding) {
    std::vector<std::string> paths = finding.evidence.takes;
    if (paths.empty() && finding.damage == Damage::distribution_malformed) paths.push_back(finding.path);
    if (finding.effective_repair() != RepairClass::reclaim || paths.empty()) {
        planning.refuse(finding, "kept: " + finding.evidence.detail.value_or("what would go is not known"));
    } else if (!planning.policy().reclaim) {
        planning.refuse(finding, "kept: --reclaim takes it");
    } else if (finding.evidence.detail.value_or("").find(kNeedsContent) != std::string::npos) {
        planning.refuse(finding, "kept: needs the content level to prove that no layer needs it");
    } else if (kept_by_transaction(planning, paths)) {
        planning.refuse(finding, "kept: records that were set aside name it; forget that transaction first");
    } else {
        planning.remove(finding, paths);
    }
}

// Only the record: the directory that it names is in use.
void disarm(Planning& planning, const Finding& finding) {
    planning.set_aside(finding, finding.path, "");
}

void set_mount_aside(Planning& planning, const Finding& finding) {
    const MountRecord* mount = planning.inventory().find_mount(finding.subject.id);
    const bool done =
        planning.set_aside(finding, finding.path, "the record of a container that is not there");
    if (!done || mount == nullptr) return;
    planning.keep(mount->mount_id);
    planning.keep(mount->init_id);
}

constexpr std::array kRules{
    RuleRow{Damage::layer_record_orphan, take},
    RuleRow{Damage::layer_removing_leftover, take},
    RuleRow{Damage::write_set_leftover, take},
    RuleRow{Damage::driver_directory_orphan, take},
    RuleRow{Damage::short_link_stale, take},
    RuleRow{Damage::temporary_leftover, take},
    RuleRow{Damage::distribution_malformed, take},
    RuleRow{Damage::layer_removing_live, disarm},
    RuleRow{Damage::mount_record_orphan, set_mount_aside},
};

}  // namespace

std::span<const RuleRow> leftover_rules() {
    return kRules;
}

}  // namespace drydock
