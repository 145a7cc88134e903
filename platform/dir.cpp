// Opening, listing and looking at directory entries. A listing reads through a descriptor of its own,
// so that one ReadDir may be listed twice and by several threads.
#include "platform/dir.hpp"

#include "platform/open.hpp"
#include "platform/sys.hpp"

#include <dirent.h>
#include <sys/sysmacros.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstring>
#include <memory>

namespace drydock {

namespace {

constexpr std::size_t kDentsBytes = std::size_t{64} << 10U;

FileType type_of_mode(std::uint32_t mode) noexcept {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return FileType::regular;
    case S_IFDIR:
        return FileType::directory;
    case S_IFLNK:
        return FileType::symlink;
    case S_IFCHR:
        return FileType::character_device;
    case S_IFBLK:
        return FileType::block_device;
    case S_IFIFO:
        return FileType::fifo;
    case S_IFSOCK:
        return FileType::socket;
    default:
        return FileType::unknown;
    }
}

// d_type holds the type bits of st_mode, shifted; DT_UNKNOWN is 0.
FileType type_of_dirent(unsigned char type) noexcept {
    return type_of_mode(DTTOIF(static_cast<unsigned>(type)));
}

// Calls visit(name, d_type, inode) for each entry but "." and ".." until it returns false.
template <class Visit>
void for_each_entry(const ReadDir& dir, Visit visit) {
    const UniqueFd fd =
        open_noatime(kDirectoryFlags, [&](int flags) { return sys.open_at(dir.fd(), ".", flags); });
    if (!fd) throw OsError(errno, "list", dir.path());
    const auto buffer = std::make_unique_for_overwrite<char[]>(kDentsBytes);
    while (true) {
        const ssize_t got = uninterrupted([&] { return sys.get_dents(fd.get(), buffer.get(), kDentsBytes); });
        if (got < 0) throw OsError(errno, "list", dir.path());
        if (got == 0) return;
        const char* at = buffer.get();
        const char* const end = at + got;
        while (at < end) {
            ino64_t inode = 0;
            unsigned short length = 0;
            std::memcpy(&inode, at + offsetof(dirent64, d_ino), sizeof inode);
            std::memcpy(&length, at + offsetof(dirent64, d_reclen), sizeof length);
            const auto type = static_cast<unsigned char>(at[offsetof(dirent64, d_type)]);
            const char* const name = at + offsetof(dirent64, d_name);
            at += length;
            if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
            if (!visit(name, type, inode)) return;
        }
    }
}

}  // namespace

std::string_view describe_type(FileType type) {
    switch (type) {
    case FileType::regular:
        return "regular file";
    case FileType::directory:
        return "directory";
    case FileType::symlink:
        return "symbolic link";
    case FileType::character_device:
        return "character device";
    case FileType::block_device:
        return "block device";
    case FileType::fifo:
        return "fifo";
    case FileType::socket:
        return "socket";
    case FileType::unknown:
        break;
    }
    return "object of unknown type";
}

FileType FileStat::type() const noexcept {
    return type_of_mode(mode);
}

FileStat to_file_stat(const struct stat& from) {
    return {
        .device = from.st_dev,
        .inode = from.st_ino,
        .links = from.st_nlink,
        .mode = from.st_mode,
        .uid = from.st_uid,
        .gid = from.st_gid,
        .device_major = major(from.st_rdev),
        .device_minor = minor(from.st_rdev),
        .size = from.st_size,
        .blocks = from.st_blocks,
        .mtime = from.st_mtim.tv_sec,
        .ctime = from.st_ctim.tv_sec,
        .mtime_nanoseconds = from.st_mtim.tv_nsec,
        .ctime_nanoseconds = from.st_ctim.tv_nsec,
    };
}

std::string path_in(const ReadDir& dir, const std::string& name) {
    return dir.path().ends_with('/') ? dir.path() + name : dir.path() + "/" + name;
}

int component_error(const std::string& name) {
    if (name.empty() || name.find('\0') != std::string::npos) return ENOENT;
    if (name == "..") return EXDEV;
    return name.find('/') != std::string::npos ? EINVAL : 0;
}

void check_component(const ReadDir& dir, const char* operation, const std::string& name) {
    if (const int error = component_error(name); error != 0) {
        throw OsError(error, operation, path_in(dir, name));
    }
}

ReadDir ReadDir::open_path(const std::string& path) {
    UniqueFd fd =
        open_noatime(kDirectoryFlags, [&](int flags) { return sys.open_at(AT_FDCWD, path.c_str(), flags); });
    if (!fd) throw OsError(errno, "open", path);
    return {std::move(fd), path};
}

ReadDir ReadDir::open(const std::string& relative) const {
    std::string path = path_in(*this, relative);
    if (relative.find('\0') != std::string::npos) throw OsError(ENOENT, "open", path);
    UniqueFd fd = open_noatime(kDirectoryFlags | O_NOFOLLOW, [&](int flags) {
        return sys.open_beneath(fd_.get(), relative.c_str(), flags);
    });
    if (!fd) throw OsError(errno, "open", path);
    return {std::move(fd), std::move(path)};
}

std::optional<ReadDir> ReadDir::find(const std::string& relative) const {
    try {
        return open(relative);
    } catch (const OsError& error) {
        if (is_absence(error.error())) return std::nullopt;
        throw;
    }
}

std::vector<DirEntry> ReadDir::list(std::size_t limit) const {
    std::vector<DirEntry> entries;
    for_each_entry(*this, [&](const char* name, unsigned char type, std::uint64_t inode) {
        if (entries.size() >= limit) throw OsError(E2BIG, "list", path_);
        entries.push_back({.name = name, .type = type_of_dirent(type), .inode = inode});
        return true;
    });
    for (DirEntry& entry : entries) {
        if (entry.type != FileType::unknown) continue;
        // Some file systems do not keep types in directories. What is gone by now stays unknown.
        if (const std::optional<FileStat> found = find_stat(entry.name)) {
            entry.type = found->type();
        }
    }
    return entries;
}

bool ReadDir::empty() const {
    bool any = false;
    for_each_entry(*this, [&](const char*, unsigned char, std::uint64_t) {
        any = true;
        return false;
    });
    return !any;
}

std::optional<FileStat> ReadDir::find_stat(const std::string& name) const {
    struct stat found{};
    int error = component_error(name);
    if (error == 0) {
        const int looked =
            uninterrupted([&] { return sys.stat_at(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW); });
        error = looked < 0 ? errno : 0;
    }
    if (is_absence(error)) return std::nullopt;
    if (error != 0) throw OsError(error, "look at", path_in(*this, name));
    return to_file_stat(found);
}

FileStat ReadDir::stat() const {
    struct stat found{};
    if (uninterrupted([&] { return sys.stat_fd(fd_.get(), &found); }) < 0) {
        throw OsError(errno, "look at", path_);
    }
    return to_file_stat(found);
}

std::string ReadDir::read_link(const std::string& name) const {
    check_component(*this, "read link", name);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): 4 KiB, filled by the call
    std::array<char, PATH_MAX + 1> text;
    const ssize_t size =
        uninterrupted([&] { return sys.read_link_at(fd_.get(), name.c_str(), text.data(), text.size()); });
    if (size < 0) throw OsError(errno, "read link", path_in(*this, name));
    // A longer target than any kernel interface takes cannot be told apart from a cut one.
    const auto length = static_cast<std::size_t>(size);
    if (length == text.size()) throw OsError(E2BIG, "read link", path_in(*this, name));
    return {text.data(), length};
}

}  // namespace drydock
