// ReadDir's only way to follow a link of the store. It may not be used for anything but the top
// folders of a store: whoever owns such a link decides what is read, so only root's links and those of
// the data root's own user count.
#include "platform/dir.hpp"
#include "platform/open.hpp"
#include "platform/sys.hpp"

#include <array>
#include <climits>

namespace drydock {

ReadDir ReadDir::duplicate() const {
    UniqueFd fd =
        open_noatime(kDirectoryFlags, [&](int flags) { return sys.open_at(fd_.get(), ".", flags); });
    if (!fd) throw OsError(errno, "open", path_);
    return {std::move(fd), path_};
}

std::optional<ReadDir> ReadDir::find_following(const std::string& name, std::uint32_t owner) const {
    std::string path = path_in(*this, name);
    if (is_absence(component_error(name))) return std::nullopt;
    check_component(*this, "open", name);
    const UniqueFd link(uninterrupted([&] {
        return sys.open_at(fd_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }));
    if (!link && is_absence(errno)) return std::nullopt;
    if (!link) throw OsError(errno, "open", path);
    struct stat found{};
    if (uninterrupted([&] { return sys.stat_fd(link.get(), &found); }) < 0) {
        throw OsError(errno, "look at", path);
    }
    if (!S_ISLNK(found.st_mode)) return find(name);
    if (found.st_uid != 0 && found.st_uid != owner) return std::nullopt;

    // Read from the very link whose owner was asked: one that takes its place now is not followed.
    std::array<char, PATH_MAX> text{};
    const ssize_t length =
        uninterrupted([&] { return sys.read_link_at(link.get(), "", text.data(), text.size() - 1); });
    if (length < 0) throw OsError(errno, "read link", path);
    UniqueFd fd =
        open_noatime(kDirectoryFlags, [&](int flags) { return sys.open_at(fd_.get(), text.data(), flags); });
    if (!fd && is_absence(errno)) return std::nullopt;
    if (!fd) throw OsError(errno, "open", path);
    return ReadDir(std::move(fd), std::move(path));
}

}  // namespace drydock
