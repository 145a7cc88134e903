// How the scanner looks at one thing and goes on: a record file becomes a Seen<T>, a folder a
// FolderView, and an OsError never leaves the item that it belongs to. What the environment hides is
// always kept apart from what is absent or wrong: only the latter can be damage.
#pragma once

#include "formats/parse_error.hpp"
#include "model/inventory.hpp"
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "platform/parallel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock {

// dockerd's one-line records have at most 71 bytes, but white space round them is legal.
inline constexpr std::size_t kMaxLineBytes = std::size_t{4} << 10U;
// 128 lower layers of 29 bytes are the most that the driver writes; more is still worth comparing.
inline constexpr std::size_t kMaxLowerBytes = std::size_t{64} << 10U;
// A descriptor has a few urls and annotations.
inline constexpr std::size_t kMaxDescriptorBytes = std::size_t{64} << 10U;
// dockerd keeps 50 sources a layer, each with a digest, a repository name and a keyed hash.
inline constexpr std::size_t kMaxDistributionBytes = std::size_t{1} << 20U;
// Registries refuse configs of more than 4 MiB; container configs carry mounts and labels.
inline constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20U;
// 16 MiB hold some 100,000 tags; the parser needs a multiple of it in memory.
inline constexpr std::size_t kMaxRepositoriesBytes = std::size_t{16} << 20U;
// A record's folder has at most a dozen files; one with more is hostile and would only cost memory.
inline constexpr std::size_t kMaxRecordEntries = 4096;

// Folders of drydock's own: in ROOT, and at the top of a folder that is a mount of its own.
inline constexpr std::string_view kDrydockFolder = "drydock";
inline constexpr std::string_view kHiddenFolder = ".drydock";

// How many threads, and when to stop.
struct Workers {
    unsigned jobs = 1;
    std::stop_token stop;
};

// "." stands for nothing in front.
[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);

// The first kExcerptBytes.
[[nodiscard]] std::string excerpt(std::string_view bytes);

// "a regular file", "a symbolic link": for evidence.detail.
[[nodiscard]] std::string with_article(FileType type);

// Names that dockerd writes before it renames them into place.
[[nodiscard]] bool is_temporary_name(std::string_view name);

// The errno with which `look` failed, 0 where it did not.
template <class Look>
[[nodiscard]] int error_of(Look&& look) {
    try {
        look();
        return 0;
    } catch (const OsError& failure) {
        return failure.error();
    }
}

// One folder, looked for without following a link. `dir` is set where the state is `present`, which
// says nothing yet about its entries.
struct FolderView {
    FolderState state = FolderState::absent;
    std::optional<ReadDir> dir;
    FileType type = FileType::unknown;  // not_a_folder: what it is
    int error = 0;                      // unreadable
};

[[nodiscard]] FolderView look_at_folder(const ReadDir& parent, const std::string& name);

// A folder's entries, or the errno (and no entries).
struct Listing {
    std::vector<DirEntry> entries;  // sorted by name
    int error = 0;
};

[[nodiscard]] Listing list_sorted(const ReadDir& dir, std::size_t limit = ReadDir::kMaxEntries);

// The entry `name` of a sorted listing; nullptr where there is none.
[[nodiscard]] const DirEntry* find_entry(const std::vector<DirEntry>& entries, std::string_view name);

// Opens and lists folder/…/folder below `dir`. Absent is quietly no entries; what cannot be read, and
// what is no folder although dockerd needs one, goes to `unreadable` under its path from ROOT.
struct OpenedFolder {
    ReadDir dir;
    std::vector<DirEntry> entries;
};

[[nodiscard]] std::optional<OpenedFolder> open_folder_chain(
    const ReadDir& dir,
    const std::string& dir_path,
    const std::vector<std::string>& names,
    std::vector<Unreadable>& unreadable
);

template <class T>
[[nodiscard]] Seen<T> seen_error(int error) {
    Seen<T> seen;
    seen.sight = is_absence(error) ? Sight::absent : Sight::unreadable;
    seen.error = is_absence(error) ? 0 : error;
    return seen;
}

template <class T>
[[nodiscard]] Seen<T> seen_malformed(std::string_view actual) {
    Seen<T> seen;
    seen.sight = Sight::malformed;
    seen.actual = excerpt(actual);
    return seen;
}

template <class T>
[[nodiscard]] Seen<T> seen_value(T value) {
    Seen<T> seen;
    seen.sight = Sight::present;
    seen.value = std::move(value);
    return seen;
}

enum class TooLarge : std::uint8_t {
    malformed,   // the format bounds the size: more cannot be right
    unreadable,  // our limit, not the format's
};

// What a file is before anyone parses it: `present` only says that file.bytes are worth parsing.
[[nodiscard]] Seen<bool> judge_file(const SmallFile& file, TooLarge too_large);

// 0 bytes, or white space only.
[[nodiscard]] bool is_blank(std::string_view text);

// Reads and parses one record file. `parse` takes the bytes and gives a Parsed<U>, U convertible to T;
// `blank` tells which bytes count as an empty file.
template <class T, class Parse>
[[nodiscard]] Seen<T> see_record(
    const SmallFile& file,
    Parse&& parse,
    TooLarge too_large = TooLarge::malformed,
    bool (*blank)(std::string_view) = is_blank
) {
    const Seen<bool> judged = judge_file(file, too_large);
    if (!judged.present()) {
        Seen<T> seen;
        seen.sight = judged.sight;
        seen.actual = judged.actual;
        seen.error = judged.error;
        return seen;
    }
    if (blank(file.bytes)) {
        Seen<T> seen;
        seen.sight = Sight::empty;
        return seen;
    }
    auto parsed = parse(std::string_view(file.bytes));
    if (!parsed) {
        return seen_malformed<T>(file.bytes);
    }
    return seen_value<T>(T(std::move(*parsed)));
}

// fn(index) for each item, by several threads; the results in item order, without those that a stop
// request kept from being made.
template <class T, class Fn>
[[nodiscard]] std::vector<T> collect(std::size_t count, const Workers& workers, const Fn& fn) {
    std::vector<std::optional<T>> slots(count);
    const auto fill = [&](std::size_t index, unsigned) { slots[index].emplace(fn(index)); };
    // A thread is not worth starting for a handful of small files.
    constexpr std::size_t kSmall = 16;
    parallel_for(count, count < kSmall ? 1U : workers.jobs, workers.stop, fill);
    std::vector<T> results;
    results.reserve(count);
    for (std::optional<T>& slot : slots) {
        if (slot) {
            results.push_back(std::move(*slot));
        }
    }
    return results;
}

}  // namespace drydock
