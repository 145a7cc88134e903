// What /proc tells of other processes. What may not be looked at is left out: nothing here throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drydock {

// Device and inode of a file: the same for everybody, in whatever mount namespace.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    bool operator==(const FileIdentity&) const = default;
};

// Without this one; ascending.
[[nodiscard]] std::vector<std::int64_t> other_processes();

// The name of its program, of at most 15 bytes; "" where it has gone.
[[nodiscard]] std::string process_name(std::int64_t pid);

// The words it was started with.
[[nodiscard]] std::vector<std::string> process_words(std::int64_t pid);

// What the absolute `path` is for that process, links followed.
[[nodiscard]] std::optional<FileIdentity> identity_for(std::int64_t pid, const std::string& path);

// The paths of its open files, as far as they have one; its working directory among them.
[[nodiscard]] std::vector<std::string> open_paths(std::int64_t pid);

// A process, not this one, that has one of the files open.
[[nodiscard]] std::optional<std::int64_t> find_user(const std::vector<FileIdentity>& files);

}  // namespace drydock
