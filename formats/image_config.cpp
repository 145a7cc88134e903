// Image configs: the struct of moby image/image.go (20.10; later versions dropped fields but changed no
// type). What lies inside config and container_config is not looked into: a daemon of another version
// may know it differently, and refusing a config that dockerd takes would be worse than missing one.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

// A chain deeper than 125 layers cannot be registered (layer/layer_store.go:maxLayerDepth); the limit
// only keeps a hostile config from growing to many times its size in memory.
constexpr std::size_t kMaxDiffIds = 4096;

enum Id : int { kIgnored, kOs, kRootfs, kDiffIds, kDiffId };

constexpr GoField kDiffIdElement{"a diff id", kDiffId, &kGoText};
constexpr GoType kDiffIdList{GoKind::list, {}, &kDiffIdElement};
constexpr std::array<GoField, 2> kRootfsFields{{
    {"type", kIgnored, &kGoText},
    {"diff_ids", kDiffIds, &kDiffIdList},
}};
constexpr GoType kRootfsType{GoKind::record, kRootfsFields};

constexpr std::array<GoField, 5> kHistoryFields{{
    {"created", kIgnored, &kGoTime},
    {"author", kIgnored, &kGoText},
    {"created_by", kIgnored, &kGoText},
    {"comment", kIgnored, &kGoText},
    {"empty_layer", kIgnored, &kGoBoolean},
}};
constexpr GoType kHistoryItemType{GoKind::record, kHistoryFields};
constexpr GoField kHistoryElement{"a history item", kIgnored, &kHistoryItemType};
constexpr GoType kHistoryType{GoKind::list, {}, &kHistoryElement};

constexpr GoField kFeatureElement{"an item of os.features", kIgnored, &kGoText};
constexpr GoType kFeaturesType{GoKind::list, {}, &kFeatureElement};

constexpr std::array<GoField, 17> kImageFields{{
    {"id", kIgnored, &kGoText},
    {"parent", kIgnored, &kGoText},
    {"comment", kIgnored, &kGoText},
    {"created", kIgnored, &kGoTime},
    {"container", kIgnored, &kGoText},
    {"container_config", kIgnored, &kGoObject},
    {"docker_version", kIgnored, &kGoText},
    {"author", kIgnored, &kGoText},
    {"config", kIgnored, &kGoObject},
    {"architecture", kIgnored, &kGoText},
    {"variant", kIgnored, &kGoText},
    {"os", kOs, &kGoText},
    {"Size", kIgnored, &kGoInteger},
    {"rootfs", kRootfs, &kRootfsType},
    {"history", kIgnored, &kHistoryType},
    {"os.version", kIgnored, &kGoText},
    {"os.features", kIgnored, &kFeaturesType},
}};
constexpr GoType kImageType{GoKind::record, kImageFields};
constexpr GoField kImageRoot{"the document", kIgnored, &kImageType};

class ImageVisitor final : public GoVisitor {
public:
    void on_text(int id, std::string& value) override {
        if (id == kOs) {
            config_.os = std::move(value);
        } else if (id == kDiffId) {
            add_diff_id(std::move(value));
        }
    }

    void on_null(int id) override {
        if (id == kRootfs) {
            config_.has_rootfs = false;
            config_.diff_ids.clear();
        } else if (id == kDiffIds) {
            config_.diff_ids.clear();
        } else if (id == kDiffId) {
            add_diff_id({});
        }
    }

    void on_begin(int id) override {
        if (id == kRootfs) {
            config_.has_rootfs = true;
        } else if (id == kDiffIds) {
            config_.diff_ids.clear();
        }
    }

    ImageConfig take(std::string mismatch) {
        config_.unusable = std::move(mismatch);
        if (config_.unusable.empty() && too_many_) {
            config_.unusable =
                "more than " + std::to_string(kMaxDiffIds) + " diff ids, and no chain is that deep";
        }
        return std::move(config_);
    }

private:
    void add_diff_id(std::string value) {
        too_many_ = too_many_ || config_.diff_ids.size() >= kMaxDiffIds;
        if (!too_many_) {
            config_.diff_ids.push_back(std::move(value));
        }
    }

    ImageConfig config_;
    bool too_many_ = false;
};

}  // namespace

Parsed<ImageConfig> parse_image_config(std::string_view text) {
    ImageVisitor visitor;
    auto mismatch = decode_go_json(text, GoExtent::whole_text, kImageRoot, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    return visitor.take(std::move(*mismatch));
}

}  // namespace drydock
