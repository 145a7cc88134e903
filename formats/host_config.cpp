// containers/<id>/hostconfig.json: the struct of moby api/types/container/hostconfig.go (HostConfig with
// Resources embedded; 20.10: host_config.go) as far as no version from 20.10 to 29 reads a field otherwise.
// Left unchecked: CapAdd and CapDrop (a string or a list until 28), KernelMemory and KernelMemoryTCP (gone
// since), and the ranges of numbers that are not 64 bits with a sign.
#include "formats/documents.hpp"
#include "formats/go_json.hpp"

#include <array>

namespace drydock {

namespace {

enum Id : int { kIgnored, kDocument, kRestartPolicy, kPolicyName, kMaximumRestarts };

constexpr GoField kTextElement{"an item", kIgnored, &kGoText};
constexpr GoType kTexts{GoKind::list, {}, &kTextElement};
constexpr GoType kTextMap{GoKind::map, {}, &kTextElement};
constexpr GoField kTextsElement{"an item", kIgnored, &kTexts};
constexpr GoType kTextLists{GoKind::list, {}, &kTextsElement};
constexpr GoField kAnyElement{"an item", kIgnored, &kGoAny};
constexpr GoType kList{GoKind::list, {}, &kAnyElement};

constexpr std::array<GoField, 2> kLogFields{{
    {"Type", kIgnored, &kGoText},
    {"Config", kIgnored, &kTextMap},
}};
constexpr GoType kLogType{GoKind::record, kLogFields};

constexpr std::array<GoField, 2> kRestartFields{{
    {"Name", kPolicyName, &kGoText},
    {"MaximumRetryCount", kMaximumRestarts, &kGoInteger},
}};
constexpr GoType kRestartType{GoKind::record, kRestartFields};

constexpr std::array<GoField, 2> kPortFields{{
    {"HostIp", kIgnored, &kGoText},
    {"HostPort", kIgnored, &kGoText},
}};
constexpr GoType kPortType{GoKind::record, kPortFields};
constexpr GoField kPortElement{"a port binding", kIgnored, &kPortType};
constexpr GoType kPortsType{GoKind::list, {}, &kPortElement};
constexpr GoField kPortsElement{"the bindings of a port", kIgnored, &kPortsType};
constexpr GoType kPortMap{GoKind::map, {}, &kPortsElement};

constexpr std::array<GoField, 3> kDeviceFields{{
    {"PathOnHost", kIgnored, &kGoText},
    {"PathInContainer", kIgnored, &kGoText},
    {"CgroupPermissions", kIgnored, &kGoText},
}};
constexpr GoType kDeviceType{GoKind::record, kDeviceFields};
constexpr GoField kDeviceElement{"a device", kIgnored, &kDeviceType};
constexpr GoType kDevices{GoKind::list, {}, &kDeviceElement};

constexpr std::array<GoField, 5> kRequestFields{{
    {"Driver", kIgnored, &kGoText},
    {"Count", kIgnored, &kGoInteger},
    {"DeviceIDs", kIgnored, &kTexts},
    {"Capabilities", kIgnored, &kTextLists},
    {"Options", kIgnored, &kTextMap},
}};
constexpr GoType kRequestType{GoKind::record, kRequestFields};
constexpr GoField kRequestElement{"a device request", kIgnored, &kRequestType};
constexpr GoType kRequests{GoKind::list, {}, &kRequestElement};

constexpr std::array<GoField, 3> kUlimitFields{{
    {"Name", kIgnored, &kGoText},
    {"Hard", kIgnored, &kGoInteger},
    {"Soft", kIgnored, &kGoInteger},
}};
constexpr GoType kUlimitType{GoKind::record, kUlimitFields};
constexpr GoField kUlimitElement{"a limit", kIgnored, &kUlimitType};
constexpr GoType kUlimits{GoKind::list, {}, &kUlimitElement};

constexpr std::array<GoField, 2> kBlockFields{{
    {"Path", kIgnored, &kGoText},
    {"Weight", kIgnored, &kGoInteger},
}};
constexpr GoType kBlockType{GoKind::record, kBlockFields};
constexpr GoField kBlockElement{"a block device", kIgnored, &kBlockType};
constexpr GoType kBlockDevices{GoKind::list, {}, &kBlockElement};

constexpr std::array<GoField, 4> kMountFields{{
    {"Type", kIgnored, &kGoText},
    {"Source", kIgnored, &kGoText},
    {"Target", kIgnored, &kGoText},
    {"ReadOnly", kIgnored, &kGoBoolean},
}};
constexpr GoType kMountType{GoKind::record, kMountFields};
constexpr GoField kMountElement{"a mount", kIgnored, &kMountType};
constexpr GoType kMounts{GoKind::list, {}, &kMountElement};

constexpr std::array<GoField, 64> kHostFields{{
    {"Binds", kIgnored, &kTexts},
    {"ContainerIDFile", kIgnored, &kGoText},
    {"LogConfig", kIgnored, &kLogType},
    {"NetworkMode", kIgnored, &kGoText},
    {"PortBindings", kIgnored, &kPortMap},
    {"RestartPolicy", kRestartPolicy, &kRestartType},
    {"AutoRemove", kIgnored, &kGoBoolean},
    {"VolumeDriver", kIgnored, &kGoText},
    {"VolumesFrom", kIgnored, &kTexts},
    {"CgroupnsMode", kIgnored, &kGoText},
    {"Dns", kIgnored, &kTexts},
    {"DnsOptions", kIgnored, &kTexts},
    {"DnsSearch", kIgnored, &kTexts},
    {"ExtraHosts", kIgnored, &kTexts},
    {"GroupAdd", kIgnored, &kTexts},
    {"IpcMode", kIgnored, &kGoText},
    {"Cgroup", kIgnored, &kGoText},
    {"Links", kIgnored, &kTexts},
    {"OomScoreAdj", kIgnored, &kGoInteger},
    {"PidMode", kIgnored, &kGoText},
    {"Privileged", kIgnored, &kGoBoolean},
    {"PublishAllPorts", kIgnored, &kGoBoolean},
    {"ReadonlyRootfs", kIgnored, &kGoBoolean},
    {"SecurityOpt", kIgnored, &kTexts},
    {"StorageOpt", kIgnored, &kTextMap},
    {"Tmpfs", kIgnored, &kTextMap},
    {"UTSMode", kIgnored, &kGoText},
    {"UsernsMode", kIgnored, &kGoText},
    {"ShmSize", kIgnored, &kGoInteger},
    {"Sysctls", kIgnored, &kTextMap},
    {"Runtime", kIgnored, &kGoText},
    {"ConsoleSize", kIgnored, &kList},
    {"Isolation", kIgnored, &kGoText},
    {"CpuShares", kIgnored, &kGoInteger},
    {"Memory", kIgnored, &kGoInteger},
    {"NanoCpus", kIgnored, &kGoInteger},
    {"CgroupParent", kIgnored, &kGoText},
    {"BlkioWeight", kIgnored, &kGoInteger},
    {"BlkioWeightDevice", kIgnored, &kBlockDevices},
    {"BlkioDeviceReadBps", kIgnored, &kBlockDevices},
    {"BlkioDeviceWriteBps", kIgnored, &kBlockDevices},
    {"BlkioDeviceReadIOps", kIgnored, &kBlockDevices},
    {"BlkioDeviceWriteIOps", kIgnored, &kBlockDevices},
    {"CpuPeriod", kIgnored, &kGoInteger},
    {"CpuQuota", kIgnored, &kGoInteger},
    {"CpuRealtimePeriod", kIgnored, &kGoInteger},
    {"CpuRealtimeRuntime", kIgnored, &kGoInteger},
    {"CpusetCpus", kIgnored, &kGoText},
    {"CpusetMems", kIgnored, &kGoText},
    {"Devices", kIgnored, &kDevices},
    {"DeviceCgroupRules", kIgnored, &kTexts},
    {"DeviceRequests", kIgnored, &kRequests},
    {"MemoryReservation", kIgnored, &kGoInteger},
    {"MemorySwap", kIgnored, &kGoInteger},
    {"MemorySwappiness", kIgnored, &kGoInteger},
    {"OomKillDisable", kIgnored, &kGoBoolean},
    {"PidsLimit", kIgnored, &kGoInteger},
    {"Ulimits", kIgnored, &kUlimits},
    {"CpuCount", kIgnored, &kGoInteger},
    {"CpuPercent", kIgnored, &kGoInteger},
    {"Mounts", kIgnored, &kMounts},
    {"MaskedPaths", kIgnored, &kTexts},
    {"ReadonlyPaths", kIgnored, &kTexts},
    {"Init", kIgnored, &kGoBoolean},
}};
constexpr GoType kHostType{GoKind::record, kHostFields};
constexpr GoField kHostRoot{"the document", kDocument, &kHostType};

class HostVisitor final : public GoVisitor {
public:
    void on_text(int id, std::string& value) override {
        if (id == kPolicyName) {
            config_.restart_policy = std::move(value);
        }
    }

    void on_integer(int id, std::int64_t value) override {
        if (id == kMaximumRestarts) {
            config_.maximum_restarts = value;
        }
    }

    void on_null(int id) override {
        if (id == kDocument) {
            config_.null = true;
        }
    }

    HostConfig take() { return std::move(config_); }

private:
    HostConfig config_;
};

}  // namespace

Parsed<HostConfig> parse_host_config(std::string_view text) {
    HostVisitor visitor;
    auto mismatch = decode_go_json(text, GoExtent::first_value, kHostRoot, visitor);
    if (!mismatch) {
        return tl::unexpected<ParseError>(std::move(mismatch).error());
    }
    if (!mismatch->empty()) {
        return tl::unexpected<ParseError>(ParseError{std::move(*mismatch), 0});
    }
    return visitor.take();
}

}  // namespace drydock
