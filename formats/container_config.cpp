// containers/<id>/config.v2.json: the few fields of moby container/container.go that drydock needs. The
// rest of the struct is not checked: its types differ between versions of Docker.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

enum Id : int { kDocument, kContainerId, kName, kImage, kDriver, kState, kDead, kRemoval };

constexpr std::array<GoField, 2> kStateFields{{
    {"Dead", kDead, &kGoBoolean},
    {"RemovalInProgress", kRemoval, &kGoBoolean},
}};
constexpr GoType kStateType{GoKind::record, kStateFields};
constexpr std::array<GoField, 5> kContainerFields{{
    {"ID", kContainerId, &kGoText},
    {"Name", kName, &kGoText},
    {"Image", kImage, &kGoText},
    {"Driver", kDriver, &kGoText},
    {"State", kState, &kStateType},
}};
constexpr GoType kContainerType{GoKind::record, kContainerFields};
constexpr GoField kContainerRoot{"the document", kDocument, &kContainerType};

class ContainerVisitor final : public GoVisitor {
public:
    void on_text(int id, std::string& value) override {
        if (id == kContainerId) {
            config_.id = std::move(value);
        } else if (id == kName) {
            config_.name = value.starts_with('/') ? value.substr(1) : std::move(value);
        } else if (id == kImage) {
            config_.image = std::move(value);
        } else if (id == kDriver) {
            config_.driver = std::move(value);
        }
    }

    void on_boolean(int id, bool value) override {
        if (id == kDead) {
            dead_ = value;
        } else if (id == kRemoval) {
            removal_ = value;
        }
    }

    void on_null(int id) override {
        if (id == kDocument) {
            null_ = true;
        } else if (id == kState) {
            dead_ = false;
            removal_ = false;
        }
    }

    [[nodiscard]] bool null() const noexcept { return null_; }

    ContainerConfig take() {
        config_.dead = dead_ || removal_;
        return std::move(config_);
    }

private:
    ContainerConfig config_;
    bool dead_ = false;
    bool removal_ = false;
    bool null_ = false;
};

}  // namespace

Parsed<ContainerConfig> parse_container_config(std::string_view text) {
    ContainerVisitor visitor;
    auto mismatch = decode_go_json(text, GoExtent::first_value, kContainerRoot, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    if (!mismatch->empty()) {
        return tl::unexpected<ParseError>(ParseError{std::move(*mismatch), 0});
    }
    // dockerd decodes null, and then refuses the container because its id is not the folder's.
    if (visitor.null()) {
        return tl::unexpected<ParseError>(ParseError{"the document is null", 0});
    }
    return visitor.take();
}

}  // namespace drydock
