// containers/<id>/config.v2.json: the struct of moby container/container.go:Container (FromDisk) as 20.10
// has it, as far as no version up to 29 reads a field otherwise; what dockerd refuses here it does not
// list. Left unchecked, because their types differ or a daemon reads them by rules of its own: OS (refused
// by 20.10 and 23 alone), Cmd, Entrypoint and Shell (a string or a list until 28), MacAddress, the addresses
// in NetworkSettings, what hangs below Health, Spec, Service and the references of swarm.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

enum Id : int {
    kIgnored,
    kDocument,
    kStreams,
    kState,
    kContainerId,
    kConfig,
    kImage,
    kNetworkSettings,
    kName,
    kDriver,
    kOs,
    kDead,
    kRemoval,
    kExitCode,
    kRestarts,
    kStoppedByHand,
    kMountPoints,
    kMountPoint,
    kImageName,
};

constexpr GoField kTextElement{"an item", kIgnored, &kGoText};
constexpr GoType kTexts{GoKind::list, {}, &kTextElement};
constexpr GoType kTextMap{GoKind::map, {}, &kTextElement};
constexpr GoField kObjectElement{"an item", kIgnored, &kGoObject};
constexpr GoType kObjects{GoKind::list, {}, &kObjectElement};
constexpr GoType kObjectMap{GoKind::map, {}, &kObjectElement};

constexpr std::array<GoField, 12> kStateFields{{
    {"Running", kIgnored, &kGoBoolean},
    {"Paused", kIgnored, &kGoBoolean},
    {"Restarting", kIgnored, &kGoBoolean},
    {"OOMKilled", kIgnored, &kGoBoolean},
    {"RemovalInProgress", kRemoval, &kGoBoolean},
    {"Dead", kDead, &kGoBoolean},
    {"Pid", kIgnored, &kGoInteger},
    {"ExitCode", kExitCode, &kGoInteger},
    {"Error", kIgnored, &kGoText},
    {"StartedAt", kIgnored, &kGoTime},
    {"FinishedAt", kIgnored, &kGoTime},
    {"Health", kIgnored, &kGoObject},
}};
constexpr GoType kStateType{GoKind::record, kStateFields};

constexpr std::array<GoField, 5> kHealthcheckFields{{
    {"Test", kIgnored, &kTexts},
    {"Interval", kIgnored, &kGoInteger},
    {"Timeout", kIgnored, &kGoInteger},
    {"StartPeriod", kIgnored, &kGoInteger},
    {"Retries", kIgnored, &kGoInteger},
}};
constexpr GoType kHealthcheckType{GoKind::record, kHealthcheckFields};

constexpr std::array<GoField, 20> kConfigFields{{
    {"Hostname", kIgnored, &kGoText},
    {"Domainname", kIgnored, &kGoText},
    {"User", kIgnored, &kGoText},
    {"AttachStdin", kIgnored, &kGoBoolean},
    {"AttachStdout", kIgnored, &kGoBoolean},
    {"AttachStderr", kIgnored, &kGoBoolean},
    {"ExposedPorts", kIgnored, &kObjectMap},
    {"Tty", kIgnored, &kGoBoolean},
    {"OpenStdin", kIgnored, &kGoBoolean},
    {"StdinOnce", kIgnored, &kGoBoolean},
    {"Env", kIgnored, &kTexts},
    {"Healthcheck", kIgnored, &kHealthcheckType},
    {"ArgsEscaped", kIgnored, &kGoBoolean},
    {"Image", kImageName, &kGoText},
    {"Volumes", kIgnored, &kObjectMap},
    {"WorkingDir", kIgnored, &kGoText},
    {"NetworkDisabled", kIgnored, &kGoBoolean},
    {"Labels", kIgnored, &kTextMap},
    {"StopSignal", kIgnored, &kGoText},
    {"StopTimeout", kIgnored, &kGoInteger},
}};
constexpr GoType kConfigType{GoKind::record, kConfigFields};

constexpr std::array<GoField, 5> kNetworkFields{{
    {"SandboxID", kIgnored, &kGoText},
    {"SandboxKey", kIgnored, &kGoText},
    {"Networks", kIgnored, &kObjectMap},
    {"Service", kIgnored, &kGoObject},
    {"HasSwarmEndpoint", kIgnored, &kGoBoolean},
}};
constexpr GoType kNetworkType{GoKind::record, kNetworkFields};

constexpr std::array<GoField, 11> kMountPointFields{{
    {"Source", kIgnored, &kGoText},
    {"Destination", kIgnored, &kGoText},
    {"RW", kIgnored, &kGoBoolean},
    {"Name", kIgnored, &kGoText},
    {"Driver", kIgnored, &kGoText},
    {"Type", kIgnored, &kGoText},
    {"Relabel", kIgnored, &kGoText},
    {"Propagation", kIgnored, &kGoText},
    {"ID", kIgnored, &kGoText},
    {"Spec", kIgnored, &kGoObject},
    {"SkipMountpointCreation", kIgnored, &kGoBoolean},
}};
constexpr GoType kMountPointType{GoKind::record, kMountPointFields};
constexpr GoField kMountPointElement{"a mount point", kMountPoint, &kMountPointType};
constexpr GoType kMountPointsType{GoKind::map, {}, &kMountPointElement};

constexpr std::array<GoField, 31> kContainerFields{{
    {"StreamConfig", kStreams, &kGoObject},
    {"State", kState, &kStateType},
    {"ID", kContainerId, &kGoText},
    {"Created", kIgnored, &kGoTime},
    {"Managed", kIgnored, &kGoBoolean},
    {"Path", kIgnored, &kGoText},
    {"Args", kIgnored, &kTexts},
    {"Config", kConfig, &kConfigType},
    {"Image", kImage, &kGoText},
    {"NetworkSettings", kNetworkSettings, &kNetworkType},
    {"LogPath", kIgnored, &kGoText},
    {"Name", kName, &kGoText},
    {"Driver", kDriver, &kGoText},
    {"OS", kOs, &kGoText},
    {"MountLabel", kIgnored, &kGoText},
    {"ProcessLabel", kIgnored, &kGoText},
    {"RestartCount", kRestarts, &kGoInteger},
    {"HasBeenStartedBefore", kIgnored, &kGoBoolean},
    {"HasBeenManuallyStopped", kStoppedByHand, &kGoBoolean},
    {"MountPoints", kMountPoints, &kMountPointsType},
    {"SecretReferences", kIgnored, &kObjects},
    {"ConfigReferences", kIgnored, &kObjects},
    {"AppArmorProfile", kIgnored, &kGoText},
    {"HostnamePath", kIgnored, &kGoText},
    {"HostsPath", kIgnored, &kGoText},
    {"ShmPath", kIgnored, &kGoText},
    {"ResolvConfPath", kIgnored, &kGoText},
    {"SeccompProfile", kIgnored, &kGoText},
    {"NoNewPrivileges", kIgnored, &kGoBoolean},
    {"SharedEndpointList", kIgnored, &kTexts},
    {"LocalLogCacheMeta", kIgnored, &kGoObject},
}};
constexpr GoType kContainerType{GoKind::record, kContainerFields};
constexpr GoField kContainerRoot{"the document", kDocument, &kContainerType};

class ContainerVisitor final : public GoVisitor {
public:
    ContainerVisitor() {
        config_.no_config = true;
        config_.no_network_settings = true;
    }

    void on_text(int id, std::string& value) override {
        if (id == kContainerId) {
            config_.id = std::move(value);
        } else if (id == kName) {
            config_.name = value.starts_with('/') ? value.substr(1) : std::move(value);
        } else if (id == kImage) {
            config_.image = std::move(value);
        } else if (id == kImageName) {
            config_.image_name = std::move(value);
        } else if (id == kDriver) {
            config_.driver = std::move(value);
        } else if (id == kOs) {
            config_.os = std::move(value);
        }
    }

    void on_integer(int id, std::int64_t value) override {
        if (id == kExitCode) {
            config_.exit_code = value;
        } else if (id == kRestarts) {
            config_.restarts = value;
        }
    }

    void on_boolean(int id, bool value) override {
        if (id == kDead) {
            dead_ = value;
        } else if (id == kRemoval) {
            removal_ = value;
        } else if (id == kStoppedByHand) {
            config_.stopped_by_hand = value;
        }
    }

    void on_null(int id) override {
        if (id == kMountPoint) {
            config_.null_mount_point = true;
            null_mount_point_ = mount_point_;
        } else {
            set(id, true);
        }
        if (id == kState) {
            dead_ = false;
            removal_ = false;
            config_.exit_code = 0;
        }
    }

    void on_begin(int id) override {
        // Of a key that comes twice the later value counts.
        if (id != kMountPoint) {
            set(id, false);
        } else if (mount_point_ == null_mount_point_) {
            config_.null_mount_point = false;
        }
    }

    void on_key(int id, const std::string& key) override {
        if (id == kMountPoints) {
            mount_point_ = key;
        }
    }

    ContainerConfig take(std::string mismatch) {
        config_.dead = dead_ || removal_;
        config_.undecodable = std::move(mismatch);
        return std::move(config_);
    }

private:
    // Whether one of the objects that dockerd follows is the word `null`.
    void set(int id, bool null) {
        if (id == kDocument) {
            config_.null = null;
        } else if (id == kState) {
            config_.null_state = null;
        } else if (id == kStreams) {
            config_.null_streams = null;
        } else if (id == kConfig) {
            config_.no_config = null;
        } else if (id == kNetworkSettings) {
            config_.no_network_settings = null;
        } else if (id == kMountPoints && null) {
            config_.null_mount_point = false;
        }
    }

    ContainerConfig config_;
    bool dead_ = false;
    bool removal_ = false;
    std::string mount_point_;
    std::string null_mount_point_;
};

}  // namespace

Parsed<ContainerConfig> parse_container_config(std::string_view text) {
    ContainerVisitor visitor;
    auto mismatch = decode_go_json(text, GoExtent::first_value, kContainerRoot, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    return visitor.take(std::move(*mismatch));
}

}  // namespace drydock
