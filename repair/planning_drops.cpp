// Setting layers and images aside with all that stands on them, so that dockerd and a later pull see none of
// it: a config whose layer is gone would make every pull of it fail. Driver directories, containers and
// mount records always stay.
#include "repair/planning.hpp"

#include <algorithm>
#include <array>

namespace drydock {

namespace {

// Damages with which dockerd loads nothing of the record, or does not even start: what is set aside for
// them is nothing that anybody sees today.
bool shows_nothing(Damage damage) {
    constexpr std::array kUnseen{
        Damage::diff_missing,
        Damage::diff_empty,
        Damage::diff_malformed,
        Damage::cache_id_missing,
        Damage::cache_id_empty,
        Damage::size_missing,
        Damage::size_empty,
        Damage::size_malformed,
        Damage::parent_empty,
        Damage::parent_malformed,
        Damage::parent_cycle,
        Damage::layer_record_empty,
        Damage::layer_record_missing,
        Damage::layer_removing_live,
        Damage::layerdb_not_a_folder,
        Damage::image_config_empty,
        Damage::image_config_corrupt,
        Damage::image_config_missing,
        Damage::image_config_no_rootfs,
        Damage::image_config_bad_diff_ids,
        Damage::image_config_crashes_daemon,
        Damage::image_config_dangling,
        Damage::tag_dangling,
        Damage::tag_malformed,
    };
    return std::ranges::find(kUnseen, damage) != kUnseen.end();
}

}  // namespace

// What goes with a layer.
struct Planning::Falling {
    std::vector<ChainId> layers;  // with records or not
    std::set<std::size_t> images;
};

bool Planning::allows_setting_aside(const Finding& finding) {
    const bool proven = finding.effective_repair() == RepairClass::rebuild;
    if (!policy_.unattended || proven || shows_nothing(finding.damage)) return true;
    refuse(finding, "kept by -p: it would set aside what dockerd may still show. Plan it without -p");
    return false;
}

Planning::Falling Planning::find_falling(const ChainId& chain) const {
    Falling falling{.layers = family_.with_descendants(chain), .images = {}};
    for (const ChainId& layer : falling.layers) {
        const auto images = images_on_.find(layer);
        if (images != images_on_.end()) falling.images.insert(images->second.begin(), images->second.end());
    }
    return falling;
}

std::optional<std::string> Planning::why_not_drop(const Falling& falling) const {
    if (!guard_.why_no_drops().empty()) return guard_.why_no_drops();
    for (const ChainId& layer : falling.layers) {
        const std::string path = inventory().layer_path(layer);
        if (guard_.blocks(layer) || !guard_.why_blocked(path).empty()) {
            return "something of " + path + ", which would go with it, could not be read: see to that first";
        }
    }
    for (const std::size_t image : falling.images) {
        const std::string id = inventory().images[image].id.text();
        if (guard_.blocks({.kind = SubjectKind::image, .id = id})) {
            return "something of image " + id +
                   ", which would go with it, could not be read: see to that first";
        }
    }
    return std::nullopt;
}

void Planning::drop_layer(const Finding& finding, const ChainId& chain) {
    if (!allows_setting_aside(finding)) return;
    const Falling falling = find_falling(chain);
    if (const auto why = why_not_drop(falling)) {
        refuse(finding, *why);
        return;
    }
    // Where all of it goes for another reason already, it is told for this one too.
    if (!fell(finding, falling, Telling::what_is_new) && !fell(finding, falling, Telling::all)) {
        refuse(finding, "nothing stands on it that could be set aside");
    }
}

bool Planning::fell(const Finding& finding, const Falling& falling, Telling telling) {
    bool any = false;
    for (const ChainId& layer : falling.layers) {
        const bool fresh = dropped_layers_.insert(layer).second;
        if (inventory().find_layer(layer) == nullptr) continue;
        if (!fresh && telling != Telling::all && layer != falling.layers.front()) continue;
        fell_layer(finding, layer);
        any = true;
    }
    for (const std::size_t image : falling.images) {
        const ImageRecord& record = inventory().images[image];
        if (!dropped_images_.insert(record.id).second && telling != Telling::all) continue;
        fell_image(finding, record, "the image, until it is pulled again");
        any = true;
    }
    return any;
}

void Planning::fell_layer(const Finding& finding, const ChainId& chain) {
    const LayerRecord& layer = *inventory().find_layer(chain);
    const Subject subject{.kind = SubjectKind::layer, .id = chain.text()};
    const std::string path = inventory().layer_path(chain);
    const std::string* directory = layer.cache_id.get();
    add_step({
        .cause = &finding,
        .subject = subject,
        .path = path,
        .action = PlanAction::set_aside,
        .loss = "the layer, until an image that has it is pulled again" +
                (directory != nullptr ? "; its files stay in " + inventory().directory_path(*directory)
                                      : std::string()),
    });
    draft_.gone.emplace(subject, path);
    keep(layer.cache_id);
    const bool lost = directory == nullptr || inventory().find_directory(*directory) == nullptr;
    if (lost || graph().shared(*directory)) keep_unowned();
}

// A record that does not tell its directory, or that is not there, may mean any that is nobody's.
void Planning::keep_unowned() {
    for (const DriverDirectory& directory : inventory().directories) {
        if (graph().owners(directory.name).empty()) draft_.keeps.insert(directory.name);
    }
}

void Planning::drop_image(const Finding& finding, const ImageId& image) {
    if (!allows_setting_aside(finding)) return;
    if (!guard_.why_blocked(inventory().image_root + "/repositories.json").empty()) {
        refuse(finding, "repositories.json could not be read, so its tags are not known");
        return;
    }
    dropped_images_.insert(image);
    const ImageRecord* record = inventory().find_image(image);
    const std::size_t before = draft_.steps.size();
    if (record != nullptr) {
        fell_image(finding, *record, "the image, until it is pulled again");
    } else {
        drop_tags_of(finding, image);
    }
    if (draft_.steps.size() == before) refuse(finding, "no file and no readable tag of it is left");
}

void Planning::fell_image(const Finding& finding, const ImageRecord& image, const std::string& loss) {
    const Subject subject{.kind = SubjectKind::image, .id = image.id.text()};
    const std::string imagedb = inventory().image_root + "/imagedb/";
    const auto& chain = graph().chain_of(static_cast<std::size_t>(&image - inventory().images.data()));
    if (std::ranges::any_of(chain, [&](const auto& one) { return inventory().find_layer(one) == nullptr; })) {
        keep_unowned();
    }
    if (image.config.sight != Sight::absent) {
        const std::string path = imagedb + "content/sha256/" + image.id.hex();
        add_step({
            .cause = &finding,
            .subject = subject,
            .path = path,
            .action = PlanAction::set_aside,
            .loss = loss,
        });
        draft_.gone.emplace(subject, path);
    }
    if (image.has_metadata) {
        const std::string path = imagedb + "metadata/sha256/" + image.id.hex();
        add_step({.cause = &finding, .subject = subject, .path = path, .action = PlanAction::set_aside});
        draft_.gone.emplace(subject, path);
    }
    drop_tags_of(finding, image.id);
}

}  // namespace drydock
