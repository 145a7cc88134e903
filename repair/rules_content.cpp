// The content of layers: bytes come back from nowhere but a donor. --evict-damaged sets the layer aside
// instead, so that a pull fetches it again.
#include "repair/rules.hpp"

#include <array>

namespace drydock {

namespace {

// Evicts the layer where the user allows it; else refuses with `reason`.
void evict_or_refuse(Planning& planning, const Finding& finding, const std::string& reason) {
    const bool of_layer = planning.layer_of(finding).has_value();
    const bool heavy = finding.effective_severity() >= Severity::error;
    if (!of_layer || !heavy || !planning.policy().evict_damaged) {
        planning.refuse(finding, reason);
    } else if (planning.policy().unattended) {
        planning.refuse(finding, "kept by -p: dockerd still shows the image. Plan it without -p");
    } else {
        planning.drop_layer(finding, ChainId::from_text(finding.subject.id).value());
    }
}

void need_donor(Planning& planning, const Finding& finding) {
    evict_or_refuse(
        planning, finding, "needs a donor: pull again, or `migrate --import` (--evict-damaged sets it aside)"
    );
}

// Which directory is the layer's can only be told from bytes: another one may be it.
void need_directory(Planning& planning, const Finding& finding) {
    if (planning.policy().evict_damaged && !planning.at_content()) {
        planning.refuse(finding, "needs the content level: another directory may be the layer's");
    } else if (planning.policy().evict_damaged && !planning.guard().why_not_lost().empty()) {
        planning.refuse(finding, planning.guard().why_not_lost());
    } else {
        need_donor(planning, finding);
    }
}

void need_diff(Planning& planning, const Finding& finding) {
    if (finding.subject.kind == SubjectKind::container) {
        planning.refuse(finding, "what the container wrote is gone, and nobody else has it");
    } else {
        need_donor(planning, finding);
    }
}

// The headers of the tar prove these; carrying it out in a layer's directory is another slice of work.
void postpone(Planning& planning, const Finding& finding) {
    evict_or_refuse(planning, finding, "not yet done by this version");
}

void set_extra_aside(Planning& planning, const Finding& finding) {
    planning.set_aside(finding, finding.path, "a file that the layer does not have");
}

constexpr std::array kRules{
    RuleRow{Damage::driver_directory_missing, need_directory},
    RuleRow{Damage::driver_diff_missing, need_diff},
    RuleRow{Damage::tar_split_missing, need_donor},
    RuleRow{Damage::tar_split_empty, need_donor},
    RuleRow{Damage::tar_split_damaged, need_donor},
    RuleRow{Damage::content_file_missing, need_donor},
    RuleRow{Damage::content_file_empty, need_donor},
    RuleRow{Damage::content_file_changed, need_donor},
    RuleRow{Damage::layer_digest_mismatch, need_donor},
    RuleRow{Damage::content_file_extra, set_extra_aside},
    RuleRow{Damage::content_type_changed, postpone},
    RuleRow{Damage::content_link_changed, postpone},
    RuleRow{Damage::content_attributes_changed, postpone},
    RuleRow{Damage::whiteout_missing, postpone},
    RuleRow{Damage::opaque_missing, postpone},
    RuleRow{Damage::layer_unverifiable, leave_harmless},
};

}  // namespace

std::span<const RuleRow> content_rules() {
    return kRules;
}

}  // namespace drydock
