// repositories.json: one new file, whatever the number of tags that go or come back.
#include "repair/planning.hpp"
#include "repair/witnesses/repositories_salvage.hpp"
#include "repair/witnesses/repositories_text.hpp"

#include <algorithm>

namespace drydock {

namespace {

constexpr std::string_view kTagsFile = "/repositories.json";

}  // namespace

void Planning::drop_tags_of(const Finding& finding, const ImageId& image) {
    lost_images_.insert(image.text());
    const Repositories* repositories = inventory().repositories.get();
    if (repositories == nullptr) return;
    for (const TagRecord& tag : repositories->tags) {
        if (tag.image == image) drop_tag_record(finding, tag);
    }
}

void Planning::drop_tag(const Finding& finding, const std::string& reference, TagForm form) {
    if (!allows_setting_aside(finding)) return;
    const std::size_t before = draft_.steps.size();
    if (const Repositories* repositories = inventory().repositories.get()) {
        for (const TagRecord& tag : repositories->tags) {
            if (tag.reference != reference || tag.well_formed != (form == TagForm::well_formed)) continue;
            if (tag.image && inventory().find_image(*tag.image) == nullptr) {
                lost_images_.insert(tag.image->text());
            }
            drop_tag_record(finding, tag);
        }
    }
    if (draft_.steps.size() == before) refuse(finding, "repositories.json has no such tag");
}

void Planning::drop_tag_record(const Finding& finding, const TagRecord& tag) {
    dropped_tags_.insert(&tag);
    add_step({
        .cause = &finding,
        .subject = {.kind = SubjectKind::tag, .id = tag.reference},
        .path = inventory().image_root + std::string(kTagsFile),
        .action = PlanAction::write,
        .put = NewObject{},  // the text comes when all tags that go are known
        .loss = tag.well_formed ? "the tag, until it is pulled again" : "a line that dockerd does not read",
    });
}

void Planning::rebuild_tags(const Finding& finding) {
    const std::string path = inventory().image_root + std::string(kTagsFile);
    if (std::string why = guard_.why_blocked(path); !why.empty()) {
        refuse(finding, std::move(why));
        return;
    }
    tag_rebuilds_.push_back(&finding);
}

void Planning::write_tags() {
    if (dropped_tags_.empty() && tag_rebuilds_.empty()) return;
    const std::string path = inventory().image_root + std::string(kTagsFile);
    TagTable table;
    if (const Repositories* repositories = inventory().repositories.get()) {
        for (const TagRecord& tag : repositories->tags) {
            if (!dropped_tags_.contains(&tag)) table[tag.repository][tag.reference] = tag.image_text;
        }
    }
    std::string witness;
    if (!tag_rebuilds_.empty()) {
        SalvagedTags salvaged = salvage_tags(inventory(), clues().repositories_text.value_or(""));
        witness = std::move(salvaged.witness);
        for (TagRecord& tag : salvaged.tags) {
            if (!dropped_images_.contains(*tag.image)) {
                table[tag.repository][tag.reference] = std::move(tag.image_text);
            }
        }
    }
    const NewObject file = new_file(repositories_text(table), kTagsMode);
    for (const Finding* finding : tag_rebuilds_) {
        add_step({
            .cause = finding,
            .subject = finding->subject,
            .path = path,
            .action = PlanAction::write,
            .put = file,
            .witness = witness,
            .loss = "tags that stand in none of these: their images stay, without a name",
        });
    }
    for (DraftStep& step : draft_.steps) {
        if (step.put && step.path == path) step.put = file;
    }
}

}  // namespace drydock
