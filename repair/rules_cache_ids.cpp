// `cache-id`: the name of a layer's directory. Structure finds one, only the bytes prove it.
#include "repair/rules.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

// Writes the directory that the bytes proved to be a layer's.
void write_cache_id(
    Planning& planning, const Finding& finding, const ChainId& chain, const std::string& directory
) {
    if (!planning.proves_directory(directory)) {
        planning.refuse(finding, "the bytes of " + directory + " fit more than one layer");
        return;
    }
    // Where this is undone, the record names it again.
    planning.keep(planning.inventory().find_layer(chain)->cache_id);
    planning.write(
        finding, planning.inventory().layer_path(chain, "cache-id"), new_file(directory, kRecordMode)
    );
}

void fix_cache_id(Planning& planning, const Finding& finding) {
    const ChainId chain = ChainId::from_text(finding.subject.id).value();
    if (!planning.at_content()) {
        planning.refuse(
            finding, "needs the content level: only the bytes prove which directory is the layer's"
        );
    } else if (finding.evidence.expected && finding.witness) {
        write_cache_id(planning, finding, chain, *finding.evidence.expected);
    } else if (!planning.guard().why_not_lost().empty()) {
        planning.refuse(finding, planning.guard().why_not_lost());
    } else {
        planning.drop_layer(finding, chain);
    }
}

// The layers that claim the directory; empty where a container is among the owners.
std::vector<ChainId> claimants(const Planning& planning, const Finding& finding) {
    std::vector<ChainId> result;
    std::vector<std::string> ids = finding.evidence.peers;
    ids.push_back(finding.subject.id);
    std::ranges::sort(ids);
    for (const std::string& id : ids) {
        const auto chain = ChainId::from_text(id);
        if (!chain || planning.inventory().find_layer(*chain) == nullptr) return {};
        result.push_back(*chain);
    }
    return result;
}

// The layer whose bytes lie in the directory stays on it. Of the others those that were found elsewhere
// are sent there, and the rest go.
void part_claimants(Planning& planning, const Finding& finding) {
    const std::vector<ChainId> layers = claimants(planning, finding);
    const auto& homes = finding.evidence.homes;
    const auto owners = std::ranges::count_if(homes, [&](const auto& home) {
        return home.second == finding.evidence.actual;
    });
    if (layers.empty()) {
        planning.refuse(finding, "a container writes to the directory: no bytes prove whose it is");
    } else if (!planning.at_content()) {
        planning.refuse(finding, "needs the content level: only the bytes prove whose directory it is");
    } else if (owners != 1) {
        planning.refuse(
            finding,
            owners == 0 ? "the directory's bytes are those of none of these layers"
                        : "the directory's bytes fit several of these layers"
        );
    } else if (planning.policy().unattended) {
        planning.refuse(finding, "kept by -p: dockerd still shows the images. Plan it without -p");
    } else {
        for (const ChainId& layer : layers) {
            const auto home = homes.find(layer.text());
            if (home == homes.end()) {
                planning.drop_layer(finding, layer);
            } else if (home->second != finding.evidence.actual) {
                write_cache_id(planning, finding, layer, home->second);
            }
        }
    }
}

void fix_shared(Planning& planning, const Finding& finding) {
    if (finding.subject.kind == SubjectKind::layer) {
        part_claimants(planning, finding);
    } else {
        planning.refuse(finding, "two containers write to the directory: nothing proves whose it is");
    }
}

constexpr std::array kRules{
    RuleRow{Damage::cache_id_missing, fix_cache_id},
    RuleRow{Damage::cache_id_empty, fix_cache_id},
    RuleRow{Damage::cache_id_malformed, fix_cache_id},
    RuleRow{Damage::cache_id_wrong, fix_cache_id},
    RuleRow{Damage::cache_id_shared, fix_shared},
};

}  // namespace

std::span<const RuleRow> cache_id_rules() {
    return kRules;
}

}  // namespace drydock
