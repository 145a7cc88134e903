#include "validators/metadata.hpp"

#include <algorithm>
#include <set>

namespace drydock {

namespace {

void check_tags(
    const Inventory& inventory,
    const StoreFoundation& foundation,
    const Repositories& repositories,
    Findings& findings
) {
    const std::string path = inventory.image_root + "/repositories.json";
    // An image of which a digest reference or a metadata folder still knows is judged as an image.
    std::set<ImageId> known_by_digest;
    for (const TagRecord& tag : repositories.tags) {
        if (tag.is_digest && tag.image) known_by_digest.insert(*tag.image);
    }
    for (const TagRecord& tag : repositories.tags) {
        const auto add = [&](Damage damage) {
            Finding finding{
                .damage = damage,
                .subject = {.kind = SubjectKind::tag, .id = tag.reference},
                .path = path,
            };
            finding.evidence.actual = tag.image_text.substr(0, kExcerptBytes);
            findings.push_back(std::move(finding));
        };
        if (!tag.well_formed) {
            add(Damage::tag_malformed);
        } else if (foundation.images_known && inventory.find_image(*tag.image) == nullptr &&
                   !known_by_digest.contains(*tag.image)) {
            add(Damage::tag_dangling);
        }
    }
}

void check_repositories(const Inventory& inventory, const StoreFoundation& foundation, Findings& findings) {
    const auto& seen = inventory.repositories;
    const std::string path = inventory.image_root + "/repositories.json";
    const auto add = [&](Damage damage) -> Finding& {
        Finding finding{.damage = damage, .subject = store_subject(inventory), .path = path};
        return findings.emplace_back(std::move(finding));
    };
    switch (seen.sight) {
    case Sight::present:
        check_tags(inventory, foundation, seen.value, findings);
        break;
    case Sight::absent:
        if (std::any_of(inventory.images.begin(), inventory.images.end(), [](const ImageRecord& image) {
                return image.config.sight != Sight::absent;
            })) {
            add(Damage::repositories_missing);
        }
        break;
    case Sight::empty:
        add(Damage::repositories_empty);
        break;
    case Sight::malformed:
        add(Damage::repositories_corrupt).evidence.detail = seen.actual;
        break;
    case Sight::unreadable:
        findings.push_back(make_unreadable(store_subject(inventory), path, seen.error));
        break;
    }
}

}  // namespace

void check_references(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    const Inventory& inventory = graph.inventory();
    check_repositories(inventory, foundation, findings);
    for (const DistributionRecord& record : inventory.distribution) {
        const Subject subject{.kind = SubjectKind::distribution, .id = record.path};
        if (record.sight.sight == Sight::unreadable) {
            findings.push_back(make_unreadable(subject, record.path, record.sight.error));
        } else if (!record.sight.present()) {
            Finding finding{
                .damage = Damage::distribution_malformed, .subject = subject, .path = record.path
            };
            finding.evidence.actual = record.sight.actual;
            findings.push_back(std::move(finding));
        }
    }
}

}  // namespace drydock
