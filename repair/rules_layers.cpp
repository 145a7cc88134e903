// Layer records: what a chain id, an image config or the layer's own bytes prove is written; what nothing
// proves is set aside with all that stands on it.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

std::string record_path(const Planning& planning, const Finding& finding, std::string_view file) {
    const auto chain = ChainId::from_text(finding.subject.id);
    return planning.inventory().layer_path(chain.value(), file);
}

void drop(Planning& planning, const Finding& finding) {
    planning.drop_layer(finding, ChainId::from_text(finding.subject.id).value());
}

// Whether the bytes of the layer could still prove what the records do not.
bool content_may_prove(const Planning& planning, std::size_t layer) {
    return !planning.at_content() && planning.inventory().layers[layer].tar_split.present() &&
           planning.graph().own_directory(layer) != nullptr;
}

void refuse_content(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "needs the content level: the layer's bytes may prove it");
}

void fix_diff(Planning& planning, const Finding& finding) {
    const std::size_t layer = planning.layer_of(finding).value();
    const LayerTruth& truth = planning.graph().truth(layer);
    const bool by_bytes = planning.at_content() && finding.witness && finding.evidence.expected;
    if (!truth.known && !by_bytes) {
        if (content_may_prove(planning, layer)) {
            refuse_content(planning, finding);
        } else {
            drop(planning, finding);
        }
        return;
    }
    planning.write(
        finding,
        record_path(planning, finding, "diff"),
        new_file(truth.known ? truth.diff.text() : *finding.evidence.expected, kRecordMode)
    );
}

void drop_mismatched(Planning& planning, const Finding& finding) {
    if (content_may_prove(planning, planning.layer_of(finding).value())) {
        refuse_content(planning, finding);
    } else {
        drop(planning, finding);
    }
}

// The `parent` of one record, which is known to be wrong.
void fix_parent_of(Planning& planning, const Finding& finding, std::size_t layer) {
    const LayerRecord& record = planning.inventory().layers[layer];
    const LayerTruth& truth = planning.graph().truth(layer);
    const std::string path = planning.inventory().layer_path(record.chain, "parent");
    if (!truth.known) {
        planning.drop_layer(finding, record.chain);
    } else if (truth.parent) {
        planning.write(finding, path, new_file(truth.parent->text(), kRecordMode));
    } else {
        planning.set_aside(finding, path, "");
    }
}

void fix_parent(Planning& planning, const Finding& finding) {
    fix_parent_of(planning, finding, planning.layer_of(finding).value());
}

void fix_cycle(Planning& planning, const Finding& finding) {
    std::vector<std::string> members = finding.evidence.peers;
    members.push_back(finding.subject.id);
    std::ranges::sort(members);
    for (const std::string& member : members) {
        const auto chain = ChainId::from_text(member);
        const LayerRecord* record = chain ? planning.inventory().find_layer(*chain) : nullptr;
        if (record == nullptr) continue;
        const auto layer = static_cast<std::size_t>(record - planning.inventory().layers.data());
        const LayerTruth& truth = planning.graph().truth(layer);
        const bool right = truth.known && record->parent.present() && truth.parent == record->parent.value;
        if (!right) fix_parent_of(planning, finding, layer);
    }
}

void fix_size(Planning& planning, const Finding& finding) {
    const std::size_t layer = planning.layer_of(finding).value();
    const auto size = planning.clues().sizes.find(planning.inventory().layers[layer].chain);
    if (size == planning.clues().sizes.end()) {
        planning.refuse(finding, "the layer's directory is not known, so its size cannot be counted");
        return;
    }
    planning.write(
        finding, record_path(planning, finding, "size"), new_file(std::to_string(size->second), kRecordMode)
    );
}

void set_descriptor_aside(Planning& planning, const Finding& finding) {
    planning.set_aside(finding, finding.path, "");
}

// An entry of layerdb that is none: dockerd passes it by.
void leave_stray(Planning& planning, const Finding& finding) {
    planning.refuse(finding, "left as it is: dockerd passes it by, and drydock does not know whose it is");
}

void set_stray_object_aside(Planning& planning, const Finding& finding) {
    planning.set_aside(finding, finding.path, "");
}

constexpr std::array kRules{
    RuleRow{Damage::diff_missing, fix_diff},
    RuleRow{Damage::diff_empty, fix_diff},
    RuleRow{Damage::diff_malformed, fix_diff},
    RuleRow{Damage::diff_wrong, fix_diff},
    RuleRow{Damage::size_missing, fix_size},
    RuleRow{Damage::size_empty, fix_size},
    RuleRow{Damage::size_malformed, fix_size},
    RuleRow{Damage::size_wrong, leave_harmless},
    RuleRow{Damage::parent_missing, fix_parent},
    RuleRow{Damage::parent_empty, fix_parent},
    RuleRow{Damage::parent_malformed, fix_parent},
    RuleRow{Damage::parent_wrong, fix_parent},
    RuleRow{Damage::parent_cycle, fix_cycle},
    RuleRow{Damage::chain_id_mismatch, drop_mismatched},
    RuleRow{Damage::layer_record_empty, drop},
    RuleRow{Damage::layer_record_missing, drop},
    RuleRow{Damage::descriptor_malformed, set_descriptor_aside},
    RuleRow{Damage::layerdb_stray_entry, leave_stray},
    RuleRow{Damage::layerdb_not_a_folder, set_stray_object_aside},
};

}  // namespace

std::span<const RuleRow> layer_rules() {
    return kRules;
}

}  // namespace drydock
