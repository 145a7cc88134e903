// See unpacker.hpp.
#include "tests/support/unpacker.hpp"

#include "tests/support/bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNanosecond = 1'000'000'000;
// What dockerd's Chtimes takes is 0 to 2^63-1 ns; anything else becomes 0.
constexpr std::int64_t kLastSecond = 9'223'372'036;

void must(int result, const char* what, const std::string& path) {
    if (result != 0) {
        throw std::runtime_error(std::string(what) + " " + path + ": " + std::strerror(errno));
    }
}

std::string clean_name(const std::string& name) {
    std::string clean = fs::path("/" + name).lexically_normal().string();
    while (clean.size() > 1 && clean.back() == '/') {
        clean.pop_back();
    }
    return clean;
}

void set_times(const std::string& path, timespec time) {
    const timespec both[2] = {time, time};
    must(utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW), "utimensat", path);
}

timespec file_time(const TarItem& item) {
    if (item.mtime < 0 || item.mtime > kLastSecond) {
        return {0, 0};
    }
    return {item.mtime, item.mtime_ns};
}

// A symlink's time goes through a count of nanoseconds that wraps round.
timespec symlink_time(const TarItem& item) {
    const auto wrapped = static_cast<std::int64_t>(
        static_cast<std::uint64_t>(item.mtime) * static_cast<std::uint64_t>(kNanosecond) + item.mtime_ns
    );
    timespec time{wrapped / kNanosecond, wrapped % kNanosecond};
    if (time.tv_nsec < 0) {
        time.tv_nsec += kNanosecond;
        --time.tv_sec;
    }
    return time;
}

bool is_folder(const std::string& path) {
    struct stat stat{};
    return lstat(path.c_str(), &stat) == 0 && S_ISDIR(stat.st_mode);
}

class Unpacker {
public:
    explicit Unpacker(std::string folder) : folder_(std::move(folder)) {}

    void member(const TarItem& item);
    // Folders get their times last: each new entry changes them.
    void finish() const;

private:
    [[nodiscard]] bool whiteout(const TarItem& item, const std::string& path) const;
    void create(const TarItem& item, const std::string& path) const;
    static void attributes(const TarItem& item, const std::string& path);

    std::string folder_;
    std::vector<std::pair<std::string, timespec>> folder_times_;
};

void Unpacker::member(const TarItem& item) {
    const std::string name = clean_name(item.name);
    if (item.type == 'g' || name == "/") {
        return;
    }
    const std::string path = folder_ + name;
    const std::string parent = path.substr(0, path.rfind('/'));
    for (std::size_t at = folder_.size(); at != std::string::npos && at < path.rfind('/');) {
        at = parent.find('/', at + 1);
        const std::string folder = parent.substr(0, at);
        if (!fs::exists(folder)) {
            must(mkdir(folder.c_str(), 0755), "mkdir", folder);
            must(chmod(folder.c_str(), 0755), "chmod", folder);
        }
    }
    if (fs::exists(fs::symlink_status(path)) && (!is_folder(path) || item.type != '5')) {
        fs::remove_all(path);
    }
    if (whiteout(item, path)) {
        return;
    }
    create(item, path);
    attributes(item, path);
    if (item.type == '5') {
        folder_times_.emplace_back(path, file_time(item));
    }
}

bool Unpacker::whiteout(const TarItem& item, const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    const std::string base = path.substr(slash + 1);
    if (base == ".wh..wh..opq") {
        const std::string parent = path.substr(0, slash);
        must(setxattr(parent.c_str(), "trusted.overlay.opaque", "y", 1, 0), "setxattr", parent);
        return true;
    }
    if (base.starts_with(".wh.")) {
        const std::string hidden = path.substr(0, slash + 1) + base.substr(4);
        must(mknod(hidden.c_str(), S_IFCHR, 0), "mknod", hidden);
        must(
            lchown(hidden.c_str(), static_cast<uid_t>(item.uid), static_cast<gid_t>(item.gid)),
            "lchown",
            hidden
        );
        return true;
    }
    return false;
}

void Unpacker::create(const TarItem& item, const std::string& path) const {
    const dev_t device =
        makedev(static_cast<unsigned>(item.device_major), static_cast<unsigned>(item.device_minor));
    switch (item.type) {
    case '0':
        write_bytes(path, item.content, item.mode & 07777U);
        return;
    case '1': {
        const std::string target = folder_ + clean_name(item.link);
        must(linkat(AT_FDCWD, target.c_str(), AT_FDCWD, path.c_str(), 0), "link", path);
        return;
    }
    case '2':
        must(symlink(item.link.c_str(), path.c_str()), "symlink", path);
        return;
    case '3':
    case '4':
    case '6': {
        const mode_t type = item.type == '3' ? S_IFCHR : item.type == '4' ? S_IFBLK : S_IFIFO;
        must(mknod(path.c_str(), type | (item.mode & 07777U), device), "mknod", path);
        return;
    }
    case '5':
        if (!is_folder(path)) {
            must(mkdir(path.c_str(), item.mode & 07777U), "mkdir", path);
        }
        return;
    default:
        throw std::runtime_error("no such member type: " + path);
    }
}

void Unpacker::attributes(const TarItem& item, const std::string& path) {
    must(lchown(path.c_str(), static_cast<uid_t>(item.uid), static_cast<gid_t>(item.gid)), "lchown", path);
    for (const auto& [name, value] : item.xattrs) {
        // Go's reader drops a pax record without a value.
        if (!value.empty()) {
            must(lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0), "setxattr", path);
        }
    }
    struct stat stat{};
    must(lstat(path.c_str(), &stat), "lstat", path);
    if (S_ISLNK(stat.st_mode)) {
        if (item.type == '2') {
            set_times(path, symlink_time(item));
        }
        return;
    }
    must(chmod(path.c_str(), item.mode & 07777U), "chmod", path);
    if (item.type != '5') {
        set_times(path, file_time(item));
    }
}

void Unpacker::finish() const {
    for (const auto& [path, time] : folder_times_) {
        if (is_folder(path)) {
            set_times(path, time);
        }
    }
}

}  // namespace

void unpack_layer(const std::string& folder, const std::vector<TarItem>& items) {
    const mode_t umask_before = umask(022);
    Unpacker unpacker(folder);
    for (const TarItem& item : items) {
        unpacker.member(item);
    }
    unpacker.finish();
    umask(umask_before);
}

}  // namespace drydock
