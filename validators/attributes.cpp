#include "validators/attributes.hpp"

#include <algorithm>
#include <optional>

namespace drydock {

namespace {

constexpr std::string_view kCapability = "security.capability";
constexpr std::string_view kAccessAcl = "system.posix_acl_access";

// Go's time.Unix(0, 1<<63-1): later times become 0 when dockerd unpacks, within this second some do.
constexpr std::int64_t kLastNanosecondTime = 9'223'372'036;
constexpr std::int64_t kLast32BitTime = 2'147'483'647;
constexpr std::int64_t kFirst32BitTime = -2'147'483'648;

// Revision 3 (with a root id) of vfs_cap_data is what a kernel gives back for revision 2 of a container.
std::string normal_capability(std::string value) {
    constexpr std::size_t kRevisionByte = 3;
    constexpr std::size_t kRevision2Bytes = 20;
    if (value.size() > kRevision2Bytes && value[kRevisionByte] == 3) {
        value[kRevisionByte] = 2;
        value.resize(kRevision2Bytes);
    }
    return value;
}

struct AclEntry {
    std::uint16_t tag;
    std::uint16_t permissions;
    std::uint32_t id;

    auto operator<=>(const AclEntry&) const = default;
};

// Kernel form of linux/posix_acl_xattr.h: a version and entries of 8 bytes, little-endian. nullopt for
// another form.
std::optional<std::vector<AclEntry>> parse_acl(std::string_view value) {
    constexpr std::size_t kHeader = 4;
    constexpr std::size_t kEntry = 8;
    if (value.size() < kHeader || (value.size() - kHeader) % kEntry != 0) return std::nullopt;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(value[at]));
    };
    std::vector<AclEntry> result;
    for (std::size_t at = kHeader; at < value.size(); at += kEntry) {
        result.push_back(
            {.tag = static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8U),
             .permissions = static_cast<std::uint16_t>(byte(at + 2) | byte(at + 3) << 8U),
             .id = byte(at + 4) | byte(at + 5) << 8U | byte(at + 6) << 16U | byte(at + 7) << 24U}
        );
    }
    return result;
}

// What a chmod cannot rewrite: the named entries, and the group's own where a mask stands before it.
std::optional<std::vector<AclEntry>> lasting_entries(std::string_view value) {
    constexpr std::uint16_t kUser = 2;
    constexpr std::uint16_t kGroupObject = 4;
    constexpr std::uint16_t kGroup = 8;
    constexpr std::uint16_t kMask = 16;
    auto entries = parse_acl(value);
    if (!entries) return std::nullopt;
    const bool masked = std::any_of(entries->begin(), entries->end(), [](const AclEntry& entry) {
        return entry.tag == kMask;
    });
    std::erase_if(*entries, [&](const AclEntry& entry) {
        return entry.tag != kUser && entry.tag != kGroup && (entry.tag != kGroupObject || !masked);
    });
    return entries;
}

bool same_acl(std::string_view expected, std::string_view actual) {
    const auto want = lasting_entries(expected);
    return want && want == lasting_entries(actual);
}

// An ACL without named entries says no more than the mode and need not be there.
bool acl_is_only_the_mode(std::string_view value) {
    const auto entries = lasting_entries(value);
    return entries && entries->empty();
}

bool is_overlay_attribute(std::string_view name) {
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.") ||
           name.starts_with("user.fuseoverlayfs.");
}

// A header may name it and a security module may own it: labels and hashes of the running system.
bool belongs_to_system(std::string_view name) {
    return name.starts_with("security.") && name != kCapability;
}

// Extra on disk is damage for these only. XFS lists an ACL a second time, as trusted.SGI_ACL_FILE.
bool extra_is_damage(std::string_view name, LayerMaker maker) {
    if (name == kCapability) return true;
    if (name.starts_with("trusted.SGI_ACL_")) return false;
    return maker == LayerMaker::unpacked && (name.starts_with("user.") || name.starts_with("trusted."));
}

// The tar has the attribute and the disk does not, and that is as a daemon may leave it.
bool may_be_missing(const std::pair<std::string, std::string>& attribute, const XattrContext& context) {
    const auto& [name, value] = attribute;
    if (value.empty() || context.type == FileType::symlink) return true;
    const bool plain = context.type == FileType::regular || context.type == FileType::directory;
    if (name.starts_with("trusted.") && context.trusted == TrustedSight::hidden) return true;
    if (name.starts_with("user.") && !plain) return true;
    return name == kAccessAcl && acl_is_only_the_mode(value);
}

bool same_value(std::string_view name, const std::string& expected, const std::string& actual) {
    if (name == kCapability) return normal_capability(expected) == normal_capability(actual);
    if (name == kAccessAcl && same_acl(expected, actual)) return true;
    return expected == actual;
}

}  // namespace

MtimeMatch compare_mtime(std::int64_t expected, std::int64_t actual, FileType type) {
    if (expected < 0 || expected >= kLastNanosecondTime) {
        if (actual == 0) return MtimeMatch::same;
        if (type == FileType::symlink && expected >= kLastNanosecondTime) return MtimeMatch::same;
        if (type != FileType::symlink && expected != kLastNanosecondTime) return MtimeMatch::different;
    }
    // File systems with 32-bit times (XFS without bigtime, ext4 with small inodes) clamp.
    if (expected > kLast32BitTime && actual == kLast32BitTime) return MtimeMatch::same;
    if (expected < kFirst32BitTime && actual == kFirst32BitTime) return MtimeMatch::same;
    return expected == actual ? MtimeMatch::same : MtimeMatch::different;
}

bool has_opaque_mark(const std::vector<Xattr>& xattrs) {
    return std::any_of(xattrs.begin(), xattrs.end(), [](const Xattr& attribute) {
        return attribute.value == "y" &&
               (attribute.name == "trusted.overlay.opaque" || attribute.name == "user.overlay.opaque");
    });
}

std::vector<XattrDifference>
compare_xattrs(const XattrList& expected, const std::vector<Xattr>& actual, const XattrContext& context) {
    std::vector<XattrDifference> result;
    const auto find_actual = [&](const std::string& name) {
        return std::find_if(actual.begin(), actual.end(), [&](const Xattr& have) {
            return have.name == name;
        });
    };
    for (const auto& attribute : expected) {
        const auto& [name, value] = attribute;
        if (is_overlay_attribute(name) || belongs_to_system(name)) continue;
        const auto have = find_actual(name);
        if (have == actual.end()) {
            if (!may_be_missing(attribute, context))
                result.push_back({.name = name, .expected = value, .actual = {}});
        } else if (context.type != FileType::symlink && !same_value(name, value, have->value)) {
            result.push_back({.name = name, .expected = value, .actual = have->value});
        }
    }
    for (const Xattr& have : actual) {
        if (is_overlay_attribute(have.name) || !extra_is_damage(have.name, context.maker)) continue;
        const auto named = [&](const auto& attribute) { return attribute.first == have.name; };
        if (std::any_of(expected.begin(), expected.end(), named)) continue;
        const bool from_a_link =
            context.link_xattrs != nullptr && context.link_xattrs->contains({have.name, have.value});
        if (!from_a_link) result.push_back({.name = have.name, .expected = {}, .actual = have.value});
    }
    return result;
}

}  // namespace drydock
