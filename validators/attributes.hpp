// Whether the attributes of one file on disk are what its tar header asked for, by the rules of what
// daemons, kernels, file systems and security modules legally make of them (mtime ranges, rewritten
// ACLs, capability revisions, labels). Pure functions.
#pragma once

#include "platform/dir.hpp"
#include "validators/expected_tree.hpp"

#include <string>
#include <vector>

namespace drydock {

// What a userns-remap store adds to the ids of the tar: those of its root (moby daemon_unix.go). Zero
// elsewhere.
struct IdShift {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

enum class MtimeMatch : std::uint8_t { same, different };

// Whole seconds. Times that Go cannot hold in nanoseconds become 0; of symlinks they did so from 28.0 on.
[[nodiscard]] MtimeMatch compare_mtime(std::int64_t expected, std::int64_t actual, FileType type);

// Who made the files: a daemon that unpacked a tar, or BuildKit, whose directory was there before the
// tar was taken from it (user.* and trusted.* attributes and sockets are then not in the tar).
enum class LayerMaker : std::uint8_t { unpacked, buildkit };

// One attribute that is not as it should be; `expected` or `actual` is empty where it is absent.
struct XattrDifference {
    std::string name;
    std::string expected;
    std::string actual;
};

// Whether trusted.* attributes can be seen at all.
enum class TrustedSight : std::uint8_t { visible, hidden };

struct XattrContext {
    FileType type = FileType::regular;
    LayerMaker maker = LayerMaker::unpacked;
    TrustedSight trusted = TrustedSight::visible;
    const XattrSet* link_xattrs = nullptr;  // of the layer's symlinks
};

// trusted.overlay.* and user.overlay.* are left out: see is_opaque_mark.
[[nodiscard]] std::vector<XattrDifference>
compare_xattrs(const XattrList& expected, const std::vector<Xattr>& actual, const XattrContext& context);

// trusted.overlay.opaque or user.overlay.opaque with the value "y".
[[nodiscard]] bool has_opaque_mark(const std::vector<Xattr>& xattrs);

}  // namespace drydock
