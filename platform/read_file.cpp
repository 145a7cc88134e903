// Opening and reading regular files. Nothing else is ever opened: opening a device or a fifo of a
// hostile store could act on the machine or wait for ever.
#include "platform/dir.hpp"
#include "platform/open.hpp"
#include "platform/sys.hpp"

#include <algorithm>
#include <limits>
#include <new>

namespace drydock {

namespace {

// First read of a file that tells no size (procfs) or grows.
constexpr std::size_t kFirstRead = 4096;

SmallFile without_bytes(SmallFile::State state, FileType type = FileType::unknown, int error = 0) {
    SmallFile result;
    result.state = state;
    result.type = type;
    result.error = error;
    return result;
}

// What a failed open says of an object that was just seen to be a regular file.
SmallFile classify_failure(const ReadDir& dir, const std::string& name, int error) {
    if (is_absence(error)) {
        const std::optional<FileStat> found = dir.find_stat(name);
        if (!found) return without_bytes(SmallFile::State::absent);
        if (found->type() != FileType::regular) {
            return without_bytes(SmallFile::State::wrong_type, found->type());
        }
    }
    // An absence of something that is there changed between two looks: nothing can be said of it.
    return without_bytes(SmallFile::State::unreadable, FileType::unknown, error);
}

// The whole file, or limit + 1 bytes of a longer one.
std::string read_up_to(const ReadFile& file, std::size_t limit) {
    const auto told = static_cast<std::size_t>(std::max<std::int64_t>(file.stat().size, 0));
    std::string bytes(std::min(told == 0 ? kFirstRead : told, limit) + 1, '\0');
    std::size_t filled = 0;
    while (true) {
        const std::size_t got = file.read(bytes.data() + filled, bytes.size() - filled);
        filled += got;
        // One byte more than the size was asked for, so the size itself is the end.
        if (got == 0 || filled == told || filled > limit) break;
        if (filled == bytes.size()) {
            bytes.resize(std::min(2 * filled, limit) + 1);
        }
    }
    bytes.resize(filled);
    return bytes;
}

SmallFile read_known_regular(const ReadDir& dir, const std::string& name, std::size_t limit) {
    const ReadFile file = dir.open_file(name, FileType::regular);
    SmallFile result = without_bytes(SmallFile::State::too_large, FileType::regular);
    if (file.stat().size > 0 && static_cast<std::size_t>(file.stat().size) > limit) return result;
    std::string bytes = read_up_to(file, limit);
    if (bytes.size() > limit) return result;
    result.state = SmallFile::State::present;
    result.bytes = std::move(bytes);
    return result;
}

SmallFile read_or_classify(const ReadDir& dir, const std::string& name, std::size_t limit) {
    try {
        return read_known_regular(dir, name, limit);
    } catch (const OsError& error) {
        return classify_failure(dir, name, error.error());
    }
}

}  // namespace

std::size_t ReadFile::read(void* buffer, std::size_t size) const {
    const ssize_t got = uninterrupted([&] { return sys.read(fd_.get(), buffer, size); });
    if (got < 0) throw OsError(errno, "read", "file");
    return static_cast<std::size_t>(got);
}

std::size_t ReadFile::read_at(std::uint64_t offset, void* buffer, std::size_t size) const {
    std::size_t filled = 0;
    while (filled < size) {
        const std::uint64_t at = offset + filled;
        // Behind what a file can be there is nothing, and off_t has no number for it.
        if (at < offset || at > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) break;
        char* const to = static_cast<char*>(buffer) + filled;
        const ssize_t got =
            uninterrupted([&] { return sys.read_at(fd_.get(), to, size - filled, static_cast<off_t>(at)); });
        if (got < 0) throw OsError(errno, "read", "file");
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

FileStat ReadFile::look_again() const {
    struct stat found{};
    if (uninterrupted([&] { return sys.stat_fd(fd_.get(), &found); }) < 0) {
        throw OsError(errno, "look at", "file");
    }
    return to_file_stat(found);
}

ReadFile ReadDir::open_file(const std::string& name, FileType known) const {
    check_component(*this, "open", name);
    struct stat found{};
    const bool looked = known == FileType::unknown;
    if (looked) {
        const int status =
            uninterrupted([&] { return sys.stat_at(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW); });
        if (status < 0) throw OsError(errno, "open", path_in(*this, name));
        known = to_file_stat(found).type();
    }
    if (known != FileType::regular) throw OsError(ENXIO, "open", path_in(*this, name));
    UniqueFd fd =
        open_noatime(kFileFlags, [&](int flags) { return sys.open_at(fd_.get(), name.c_str(), flags); });
    if (!fd) throw OsError(errno, "open", path_in(*this, name));
    // The look a moment ago is as good as one now; an entry type from a listing says too little.
    if (looked) return {std::move(fd), to_file_stat(found)};
    if (uninterrupted([&] { return sys.stat_fd(fd.get(), &found); }) < 0) {
        throw OsError(errno, "look at", path_in(*this, name));
    }
    if (!S_ISREG(found.st_mode)) throw OsError(ENXIO, "open", path_in(*this, name));
    return {std::move(fd), to_file_stat(found)};
}

SmallFile read_small_file(const ReadDir& dir, const std::string& name, std::size_t limit, FileType known) {
    try {
        if (known == FileType::unknown) {
            const std::optional<FileStat> found = dir.find_stat(name);
            if (!found) return without_bytes(SmallFile::State::absent);
            known = found->type();
        }
        if (known != FileType::regular) return without_bytes(SmallFile::State::wrong_type, known);
        return read_or_classify(dir, name, limit);
    } catch (const OsError& error) {
        return without_bytes(SmallFile::State::unreadable, FileType::unknown, error.error());
    } catch (const std::bad_alloc&) {
        return without_bytes(SmallFile::State::unreadable, FileType::unknown, ENOMEM);
    }
}

}  // namespace drydock
