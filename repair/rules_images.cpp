// Image configs and what names them. A config's name is its hash, so nothing but the very bytes brings it
// back. They are not looked for elsewhere yet; a rule that does stands before drop_image.
#include "repair/rules.hpp"

#include <array>

namespace drydock {

namespace {

void drop_image(Planning& planning, const Finding& finding) {
    const auto image = ImageId::from_text(finding.subject.id);
    if (!image) {
        planning.refuse(finding, "its name is no image id");
        return;
    }
    planning.drop_image(finding, *image);
}

void drop_dangling_tag(Planning& planning, const Finding& finding) {
    planning.drop_tag(finding, finding.subject.id, Planning::TagForm::well_formed);
}

void drop_malformed_tag(Planning& planning, const Finding& finding) {
    planning.drop_tag(finding, finding.subject.id, Planning::TagForm::malformed);
}

void rebuild_tags(Planning& planning, const Finding& finding) {
    planning.rebuild_tags(finding);
}

constexpr std::array kRules{
    RuleRow{Damage::image_config_empty, drop_image},
    RuleRow{Damage::image_config_corrupt, drop_image},
    RuleRow{Damage::image_config_missing, drop_image},
    RuleRow{Damage::image_config_no_rootfs, drop_image},
    RuleRow{Damage::image_config_bad_diff_ids, drop_image},
    RuleRow{Damage::image_config_crashes_daemon, drop_image},
    RuleRow{Damage::image_config_dangling, drop_image},
    RuleRow{Damage::image_parent_dangling, leave_harmless},
    RuleRow{Damage::image_metadata_malformed, leave_harmless},
    RuleRow{Damage::image_metadata_orphan, leave_harmless},
    RuleRow{Damage::image_temporary_leftover, leave_harmless},
    RuleRow{Damage::repositories_missing, rebuild_tags},
    RuleRow{Damage::repositories_empty, rebuild_tags},
    RuleRow{Damage::repositories_corrupt, rebuild_tags},
    RuleRow{Damage::tag_dangling, drop_dangling_tag},
    RuleRow{Damage::tag_malformed, drop_malformed_tag},
};

}  // namespace

std::span<const RuleRow> image_rules() {
    return kRules;
}

}  // namespace drydock
