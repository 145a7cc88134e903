// Reading below one directory, and nothing else: a ReadDir can open, list, stat and read what lies
// beneath it, never follows a link, never leaves the directory, never changes anything (O_NOATIME
// where the kernel allows it), and opens no device, fifo or socket. The checking side sees the disk
// through this class only, which is why it cannot write.
#pragma once

#include "platform/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

enum class FileType : std::uint8_t {
    regular,
    directory,
    symlink,
    character_device,
    block_device,
    fifo,
    socket,
    unknown,
};

// "regular file", "directory", "symbolic link", ...
[[nodiscard]] std::string_view describe_type(FileType type);

struct FileStat {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t links = 0;
    std::uint32_t mode = 0;  // type and permission bits, as st_mode
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t device_major = 0;  // of a device node
    std::uint32_t device_minor = 0;
    std::int64_t size = 0;
    std::int64_t blocks = 0;  // of 512 bytes
    std::int64_t mtime = 0;   // whole seconds, rounded down
    std::int64_t ctime = 0;
    std::int64_t mtime_nanoseconds = 0;  // of a second, on top
    std::int64_t ctime_nanoseconds = 0;

    [[nodiscard]] FileType type() const noexcept;
};

struct DirEntry {
    std::string name;
    FileType type = FileType::unknown;
    std::uint64_t inode = 0;
};

struct Xattr {
    std::string name;
    std::string value;
};

// A regular file open for reading.
class ReadFile {
public:
    ReadFile(UniqueFd fd, FileStat stat) : fd_(std::move(fd)), stat_(stat) {}

    [[nodiscard]] const FileStat& stat() const noexcept { return stat_; }

    // Up to `size` bytes into `buffer`; 0 at the end. Retries EINTR. Throws OsError.
    std::size_t read(void* buffer, std::size_t size) const;
    // The bytes from `offset` on, wherever read() stands: `size` of them, fewer only where the file ends.
    // Throws OsError.
    std::size_t read_at(std::uint64_t offset, void* buffer, std::size_t size) const;
    // What the file is now; stat() is what it was when it was opened. Throws OsError.
    [[nodiscard]] FileStat look_again() const;
    // As ReadDir::xattrs, by the open descriptor, which costs a third of the way by name.
    [[nodiscard]] std::vector<Xattr> xattrs() const;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

private:
    UniqueFd fd_;
    FileStat stat_;
};

class ReadDir {
public:
    // Opens a directory by a path of the command line; links in it are followed. Throws OsError.
    [[nodiscard]] static ReadDir open_path(const std::string& path);

    // Opens a directory beneath this one; `relative` may hold slashes, no link is followed.
    // Throws OsError; is_absence() tells "not there, or no directory" from "could not look".
    [[nodiscard]] ReadDir open(const std::string& relative) const;
    // As open(), but nullopt where the directory is not there (or is no directory, or a link).
    [[nodiscard]] std::optional<ReadDir> find(const std::string& relative) const;

    // All entries but "." and "..", in no order. Throws OsError, and E2BIG beyond `limit` entries.
    [[nodiscard]] std::vector<DirEntry> list(std::size_t limit = kMaxEntries) const;
    // Whether there is any entry at all. Throws OsError.
    [[nodiscard]] bool empty() const;

    // The object itself (a link is not followed); nullopt where it is not there. Throws OsError.
    [[nodiscard]] std::optional<FileStat> find_stat(const std::string& name) const;
    [[nodiscard]] FileStat stat() const;

    // `name` is one component. Throws OsError; what is no regular file gives ENXIO (an absence).
    // `known` is the type from list() or find_stat(); without it the object is looked at first, so that
    // no device is ever opened, and that look is the file's stat().
    [[nodiscard]] ReadFile open_file(const std::string& name, FileType known = FileType::unknown) const;

    // The text of a symbolic link. Throws OsError (EINVAL where it is none).
    [[nodiscard]] std::string read_link(const std::string& name) const;

    // Extended attributes of the object `name` itself, or of this directory for "."; sorted by name.
    // A file system without attributes gives an empty list. Throws OsError.
    [[nodiscard]] std::vector<Xattr> xattrs(const std::string& name) const;

    // A second descriptor of this directory. Throws OsError.
    [[nodiscard]] ReadDir duplicate() const;
    // For the few folders that may stand elsewhere (ROOT/image and the like): as find() for one
    // component, but a symbolic link is followed, wherever it leads, if root or the user `owner` owns
    // it. nullopt also for a stranger's link and for one that leads to no directory; find_stat() tells
    // those from nothing at all. Defined in dir_follow.cpp. Throws OsError.
    [[nodiscard]] std::optional<ReadDir> find_following(const std::string& name, std::uint32_t owner) const;

    // The path it was opened by, for messages.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    // A directory of a store never comes near it; a hostile one must not take all memory.
    static constexpr std::size_t kMaxEntries = 4'000'000;

private:
    ReadDir(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    UniqueFd fd_;
    std::string path_;
};

// A record file of a store, read whole.
struct SmallFile {
    enum class State : std::uint8_t { present, absent, wrong_type, too_large, unreadable };

    State state = State::absent;
    std::string bytes;
    FileType type = FileType::unknown;  // what it is, for wrong_type
    int error = 0;                      // for unreadable
};

// Reads the regular file `name` (one component) of at most `limit` bytes. `known` is the entry type
// from list(), which saves a call; unknown is always right. Never throws.
[[nodiscard]] SmallFile read_small_file(
    const ReadDir& dir, const std::string& name, std::size_t limit, FileType known = FileType::unknown
);

}  // namespace drydock
