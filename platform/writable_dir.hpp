// The right to change what lies below one directory. Made by repair/ only (tests/lint/calls_test.cpp).
// Names are single components and links are never followed. Nothing is ever overwritten: an existing name
// is EEXIST. What is made has exactly the mode that is asked for. All throw OsError.
#pragma once

#include "platform/dir.hpp"
#include "platform/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// Whose and how a new object is. Times are left to the kernel where there is none.
struct Attributes {
    std::uint32_t mode = 0600;  // permission bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<Xattr> xattrs{};

    struct Time {
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
    };

    std::optional<Time> mtime{};
};

// All of `stat`, with its mtime.
[[nodiscard]] Attributes attributes_of(const FileStat& stat, std::vector<Xattr> xattrs);

// A file of ours that grows at its end.
class AppendFile {
public:
    explicit AppendFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    void write(std::string_view bytes) const;
    void cut_to(std::uint64_t size) const;
    void sync() const;

private:
    UniqueFd fd_;
    std::string path_;
};

class WritableDir {
public:
    // The same directory.
    [[nodiscard]] static WritableDir of(const ReadDir& dir) { return WritableDir(dir.duplicate()); }

    [[nodiscard]] const ReadDir& read() const noexcept { return dir_; }

    // As ReadDir::open.
    [[nodiscard]] WritableDir open(const std::string& relative) const {
        return WritableDir(dir_.open(relative));
    }

    [[nodiscard]] WritableDir make_dir(const std::string& name, std::uint32_t mode) const;
    void make_file(const std::string& name, std::string_view bytes, const Attributes& attributes) const;
    void make_link(const std::string& name, const std::string& target) const;
    [[nodiscard]] AppendFile make_append_file(const std::string& name, std::uint32_t mode) const;
    [[nodiscard]] AppendFile open_append_file(const std::string& name) const;
    // A further name of the file `from/from_name`.
    void make_hard_link(const std::string& name, const ReadDir& from, const std::string& from_name) const;

    // Owner and mtime of an object in here, itself.
    void set_owner(const std::string& name, std::uint32_t uid, std::uint32_t gid) const;
    void set_mtime(const std::string& name, Attributes::Time mtime) const;
    // Of this directory itself: everything but the mtime, which is to be set when its entries are made.
    void set_own_attributes(const Attributes& attributes) const;
    void set_own_mtime(Attributes::Time mtime) const;

    // RENAME_NOREPLACE.
    void move(const std::string& name, const WritableDir& to, const std::string& to_name) const;
    // RENAME_EXCHANGE.
    void exchange(const std::string& name, const WritableDir& other, const std::string& other_name) const;
    void remove_file(const std::string& name) const;
    // An empty one.
    void remove_dir(const std::string& name) const;

    // This directory's entries reach the disk.
    void sync() const;
    // All of its file system does.
    void sync_file_system() const;

private:
    explicit WritableDir(ReadDir dir) : dir_(std::move(dir)) {}

    ReadDir dir_;
};

// Removes all that is below `dir`, and not `dir` itself. However deep it is, two descriptors are enough:
// deeper folders are first moved up. Ended early, it can be called again. A mount point below is EBUSY.
void empty_folder(const WritableDir& dir);

// Removes `name` and all below it, by way of the folder `dir`; nothing where it is not there.
void remove_tree(const WritableDir& dir, const std::string& name);

}  // namespace drydock
