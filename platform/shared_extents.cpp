#include "platform/shared_extents.hpp"

#include "platform/os_error.hpp"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace drydock {

namespace {

// statfs(2); not all of them are in linux/magic.h of Debian 12.
constexpr std::array<std::uint64_t, 4> kSharing = {
    0x9123683E,  // btrfs
    0x58465342,  // xfs
    0xCA451A4E,  // bcachefs
    0x7461636F,  // ocfs2
};

constexpr std::size_t kExtentsAtOnce = 64;

// One question and its answer: struct fiemap ends in an array of no length, the room for it follows.
class Query {
public:
    // Throws OsError.
    bool ask(int fd, std::uint64_t from) {
        struct fiemap head{};
        head.fm_start = from;
        head.fm_length = std::numeric_limits<std::uint64_t>::max() - from;
        head.fm_extent_count = kExtentsAtOnce;
        std::memcpy(bytes_.data(), &head, sizeof head);
        if (ioctl(fd, FS_IOC_FIEMAP, bytes_.data()) == 0) return true;
        if (errno == EOPNOTSUPP || errno == ENOTTY) return false;
        throw OsError(errno, "ask for the extents of", "a file");
    }

    [[nodiscard]] std::size_t count() const {
        struct fiemap head{};
        std::memcpy(&head, bytes_.data(), sizeof head);
        return std::min<std::size_t>(head.fm_mapped_extents, kExtentsAtOnce);
    }

    [[nodiscard]] struct fiemap_extent extent(std::size_t index) const {
        struct fiemap_extent result{};
        std::memcpy(&result, bytes_.data() + sizeof(struct fiemap) + index * sizeof result, sizeof result);
        return result;
    }

private:
    alignas(struct fiemap
    ) std::array<char, sizeof(struct fiemap) + kExtentsAtOnce * sizeof(struct fiemap_extent)> bytes_{};
};

}  // namespace

bool may_share_extents(const ReadDir& dir) {
    struct statfs info{};
    if (::fstatfs(dir.fd(), &info) != 0) return true;
    // The field is signed on some machines and has 32 bits on all.
    const auto type = static_cast<std::uint64_t>(static_cast<std::uint32_t>(info.f_type));
    for (const std::uint64_t one : kSharing) {
        if (one == type) return true;
    }
    return false;
}

std::uint64_t shared_bytes(const ReadFile& file) {
    std::uint64_t shared = 0;
    std::uint64_t from = 0;
    Query query;
    while (query.ask(file.fd(), from) && query.count() > 0) {
        for (std::size_t i = 0; i < query.count(); ++i) {
            const struct fiemap_extent extent = query.extent(i);
            if ((extent.fe_flags & FIEMAP_EXTENT_SHARED) != 0) shared += extent.fe_length;
            if ((extent.fe_flags & FIEMAP_EXTENT_LAST) != 0) return shared;
            from = extent.fe_logical + extent.fe_length;
        }
    }
    return shared;
}

}  // namespace drydock
