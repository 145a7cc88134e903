#include "validators/metadata.hpp"

#include <algorithm>
#include <set>

namespace drydock {

namespace {

// dockerd compares the OS without regard to case and then looks it up with it: "Linux" is found by the
// first and not by the second (moby image/store.go:restore, 18.03 to 20.10).
bool crashes_daemon(const ImageConfig& config) {
    constexpr std::string_view kHost = "linux";
    return config.os != kHost && config.os.size() == kHost.size() && !config.diff_ids.empty() &&
           std::equal(config.os.begin(), config.os.end(), kHost.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

class ImageCheck {
public:
    ImageCheck(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings)
        : graph_(graph), foundation_(foundation), findings_(findings) {
        if (const Repositories* repositories = graph.inventory().repositories.get()) {
            for (const TagRecord& tag : repositories->tags) {
                if (!tag.image) continue;
                (tag.is_digest ? digests_ : tags_).insert(*tag.image);
            }
        }
    }

    void run(std::size_t index) {
        const ImageRecord& image = graph_.inventory().images[index];
        switch (image.config.sight) {
        case Sight::present:
            check_config(index, image);
            break;
        case Sight::absent:
            check_absent(image);
            return;
        case Sight::empty:
            add(image.id, Damage::image_config_empty, content_path(image.id));
            break;
        case Sight::malformed: {
            Finding& finding = add(image.id, Damage::image_config_corrupt, content_path(image.id));
            finding.evidence.expected = image.id.text();
            finding.evidence.actual = image.config.actual;
            break;
        }
        case Sight::unreadable:
            if (!foundation_.images_known) return;  // told once, at the folder
            findings_.push_back(make_unreadable(
                {.kind = SubjectKind::image, .id = image.id.text()},
                content_path(image.id),
                image.config.error
            ));
            break;
        }
        check_metadata(image);
    }

    // Images that no file of imagedb knows and that a digest reference names.
    void run_referenced() {
        if (!foundation_.images_known) return;
        for (const ImageId& id : digests_) {
            if (graph_.inventory().find_image(id) != nullptr) continue;
            Finding& finding = add(id, Damage::image_config_missing, content_path(id));
            finding.evidence.detail = "a digest reference names this image";
        }
    }

private:
    [[nodiscard]] std::string content_path(const ImageId& id) const {
        return graph_.inventory().image_root + "/imagedb/content/sha256/" + id.hex();
    }

    [[nodiscard]] std::string metadata_path(const ImageId& id, std::string_view file = {}) const {
        std::string path = graph_.inventory().image_root + "/imagedb/metadata/sha256/" + id.hex();
        return file.empty() ? path : path + "/" + std::string(file);
    }

    Finding& add(const ImageId& id, Damage damage, std::string path) {
        Finding finding{
            .damage = damage,
            .subject = {.kind = SubjectKind::image, .id = id.text()},
            .path = std::move(path),
        };
        return findings_.emplace_back(std::move(finding));
    }

    void check_absent(const ImageRecord& image) {
        const bool known = digests_.contains(image.id) || tags_.contains(image.id);
        if (known) {
            Finding& finding = add(image.id, Damage::image_config_missing, content_path(image.id));
            finding.evidence.detail = "its metadata folder and a reference know the image";
            return;
        }
        add(image.id, Damage::image_metadata_orphan, metadata_path(image.id));
    }

    void check_config(std::size_t index, const ImageRecord& image) {
        const ImageConfig& config = image.config.value;
        const std::string path = content_path(image.id);
        if (!config.unusable.empty() || !config.has_rootfs) {
            Finding& finding = add(image.id, Damage::image_config_no_rootfs, path);
            finding.evidence.detail =
                config.unusable.empty() ? std::string("no rootfs object") : config.unusable;
            return;
        }
        const auto bad = std::find_if(config.diff_ids.begin(), config.diff_ids.end(), [](const auto& text) {
            return !DiffId::from_text(text);
        });
        if (bad != config.diff_ids.end()) {
            Finding& finding = add(image.id, Damage::image_config_bad_diff_ids, path);
            finding.evidence.actual = bad->substr(0, kExcerptBytes);
            finding.evidence.detail =
                "rootfs.diff_ids[" + std::to_string(bad - config.diff_ids.begin()) + "] is no digest";
            return;
        }
        if (crashes_daemon(config)) {
            Finding& finding = add(image.id, Damage::image_config_crashes_daemon, path);
            finding.evidence.expected = "linux";
            finding.evidence.actual = config.os;
            return;
        }
        check_chain(index, image);
    }

    void check_chain(std::size_t index, const ImageRecord& image) {
        const auto& chain = graph_.chain_of(index);
        if (!foundation_.layers_known || chain.empty()) return;
        const ChainId& top = chain.back();
        if (graph_.inventory().find_layer(top) != nullptr) return;
        // A record or a container that stands on it makes it layer-record-missing, at the layer.
        const auto& mounts = graph_.inventory().mount_records;
        const bool mounted = std::any_of(mounts.begin(), mounts.end(), [&](const MountRecord& mount) {
            return mount.parent.present() && mount.parent.value == top;
        });
        if (mounted || graph_.has_child(top)) return;
        const auto first = std::find_if(chain.begin(), chain.end(), [&](const ChainId& id) {
            return graph_.inventory().find_layer(id) == nullptr;
        });
        Finding& finding = add(image.id, Damage::image_config_dangling, content_path(image.id));
        finding.evidence.expected = top.text();
        finding.evidence.detail = "no record of layer " + std::to_string(first - chain.begin() + 1) + " of " +
                                  std::to_string(chain.size());
    }

    void check_metadata(const ImageRecord& image) {
        const auto malformed = [&](std::string_view file, const std::string& actual) {
            Finding& finding = add(image.id, Damage::image_metadata_malformed, metadata_path(image.id, file));
            finding.evidence.actual = actual;
        };
        switch (image.parent.sight) {
        case Sight::present: {
            // An image of which anything else is left is told at that image or tag.
            const ImageId& parent = image.parent.value;
            if (foundation_.images_known && graph_.inventory().find_image(parent) == nullptr &&
                !digests_.contains(parent) && !tags_.contains(parent)) {
                Finding& finding =
                    add(image.id, Damage::image_parent_dangling, metadata_path(image.id, "parent"));
                finding.evidence.actual = image.parent.value.text();
            }
            break;
        }
        case Sight::absent:
            break;
        case Sight::empty:
        case Sight::malformed:
            malformed("parent", image.parent.actual);
            break;
        case Sight::unreadable:
            unreadable(image, "parent", image.parent.error);
            break;
        }
        if (image.last_updated.sight == Sight::malformed || image.last_updated.sight == Sight::empty) {
            malformed("lastUpdated", image.last_updated.actual);
        } else if (image.last_updated.sight == Sight::unreadable) {
            unreadable(image, "lastUpdated", image.last_updated.error);
        }
        for (const std::string& name : image.temporaries) {
            add(image.id, Damage::image_temporary_leftover, metadata_path(image.id, name));
        }
    }

    void unreadable(const ImageRecord& image, std::string_view file, int error) {
        if (!image.has_metadata) return;  // told once, at the folder
        findings_.push_back(make_unreadable(
            {.kind = SubjectKind::image, .id = image.id.text()}, metadata_path(image.id, file), error
        ));
    }

    const StoreGraph& graph_;
    const StoreFoundation& foundation_;
    Findings& findings_;
    std::set<ImageId> tags_;
    std::set<ImageId> digests_;
};

}  // namespace

void check_images(const StoreGraph& graph, const StoreFoundation& foundation, Findings& findings) {
    ImageCheck check(graph, foundation, findings);
    for (std::size_t i = 0; i < graph.inventory().images.size(); ++i) {
        check.run(i);
    }
    check.run_referenced();
    for (const std::string& path : graph.inventory().image_temporaries) {
        Finding finding{
            .damage = Damage::image_temporary_leftover,
            .subject = {.kind = SubjectKind::image, .id = path.substr(path.rfind('/') + 1)},
            .path = path,
        };
        findings.push_back(std::move(finding));
    }
}

}  // namespace drydock
