#include "platform/writable_dir.hpp"

#include "platform/open.hpp"
#include "platform/os_error.hpp"
#include "platform/sys_write.hpp"

#include <linux/fs.h>

#include <array>
#include <cerrno>

namespace drydock {

namespace {

std::array<timespec, 2> times_of(Attributes::Time mtime) {
    timespec access{};
    access.tv_nsec = UTIME_OMIT;
    timespec change{};
    change.tv_sec = mtime.seconds;
    change.tv_nsec = mtime.nanoseconds;
    return {access, change};
}

void write_all(int fd, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t done = uninterrupted([&] { return sys_write.write(fd, bytes.data(), bytes.size()); });
        if (done < 0) throw OsError(errno, "write", path);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
}

// Mode last: a change of owner clears bits of it.
void set_attributes(int fd, const Attributes& attributes, const std::string& path) {
    for (const Xattr& xattr : attributes.xattrs) {
        const auto set = [&] {
            return sys_write.set_xattr_fd(fd, xattr.name.c_str(), xattr.value.data(), xattr.value.size());
        };
        if (uninterrupted(set) < 0) throw OsError(errno, "set an attribute of", path);
    }
    if (uninterrupted([&] { return sys_write.change_mode_fd(fd, attributes.mode & 07777U); }) < 0) {
        throw OsError(errno, "set the mode of", path);
    }
}

}  // namespace

Attributes attributes_of(const FileStat& stat, std::vector<Xattr> xattrs) {
    return {
        .mode = stat.mode & 07777U,
        .uid = stat.uid,
        .gid = stat.gid,
        .xattrs = std::move(xattrs),
        .mtime = Attributes::Time{.seconds = stat.mtime, .nanoseconds = stat.mtime_nanoseconds},
    };
}

void AppendFile::write(std::string_view bytes) const {
    write_all(fd_.get(), bytes, path_);
}

void AppendFile::cut_to(std::uint64_t size) const {
    const auto cut = [&] { return sys_write.truncate_fd(fd_.get(), static_cast<off_t>(size)); };
    if (uninterrupted(cut) < 0) throw OsError(errno, "cut", path_);
}

void AppendFile::sync() const {
    if (uninterrupted([&] { return sys_write.sync_fd(fd_.get()); }) < 0) throw OsError(errno, "sync", path_);
}

WritableDir WritableDir::make_dir(const std::string& name, std::uint32_t mode) const {
    check_component(dir_, "make folder", name);
    const auto make = [&] { return sys_write.make_dir_at(dir_.fd(), name.c_str(), 0700); };
    if (uninterrupted(make) < 0) throw OsError(errno, "make folder", path_in(dir_, name));
    WritableDir made(dir_.open(name));
    const auto set = [&] { return sys_write.change_mode_fd(made.dir_.fd(), mode & 07777U); };
    if ((mode & 07777U) != 0700 && uninterrupted(set) < 0) {
        throw OsError(errno, "set the mode of", path_in(dir_, name));
    }
    return made;
}

void WritableDir::make_file(const std::string& name, std::string_view bytes, const Attributes& attributes)
    const {
    check_component(dir_, "make file", name);
    const std::string path = path_in(dir_, name);
    const UniqueFd fd(uninterrupted([&] { return sys_write.create_at(dir_.fd(), name.c_str(), 0600); }));
    if (!fd) throw OsError(errno, "make file", path);
    write_all(fd.get(), bytes, path);
    set_owner(name, attributes.uid, attributes.gid);
    set_attributes(fd.get(), attributes, path);
    if (attributes.mtime) set_mtime(name, *attributes.mtime);
}

void WritableDir::make_link(const std::string& name, const std::string& target) const {
    check_component(dir_, "make link", name);
    const auto make = [&] { return sys_write.symlink_at(target.c_str(), dir_.fd(), name.c_str()); };
    if (uninterrupted(make) < 0) throw OsError(errno, "make link", path_in(dir_, name));
}

AppendFile WritableDir::make_append_file(const std::string& name, std::uint32_t mode) const {
    check_component(dir_, "make file", name);
    UniqueFd fd(uninterrupted([&] { return sys_write.create_at(dir_.fd(), name.c_str(), mode); }));
    if (!fd) throw OsError(errno, "make file", path_in(dir_, name));
    return AppendFile(std::move(fd), path_in(dir_, name));
}

AppendFile WritableDir::open_append_file(const std::string& name) const {
    check_component(dir_, "open", name);
    UniqueFd fd(uninterrupted([&] { return sys_write.open_append_at(dir_.fd(), name.c_str()); }));
    if (!fd) throw OsError(errno, "open", path_in(dir_, name));
    return AppendFile(std::move(fd), path_in(dir_, name));
}

void WritableDir::make_hard_link(const std::string& name, const ReadDir& from, const std::string& from_name)
    const {
    check_component(dir_, "make a name", name);
    check_component(from, "make a name of", from_name);
    const auto make = [&] {
        return sys_write.link_at(from.fd(), from_name.c_str(), dir_.fd(), name.c_str());
    };
    if (uninterrupted(make) < 0) throw OsError(errno, "make a name of", path_in(from, from_name));
}

void WritableDir::set_owner(const std::string& name, std::uint32_t uid, std::uint32_t gid) const {
    const std::optional<FileStat> now = dir_.find_stat(name);
    if (now && now->uid == uid && now->gid == gid) return;
    const auto set = [&] { return sys_write.change_owner_at(dir_.fd(), name.c_str(), uid, gid); };
    if (uninterrupted(set) < 0) throw OsError(errno, "set the owner of", path_in(dir_, name));
}

void WritableDir::set_mtime(const std::string& name, Attributes::Time mtime) const {
    check_component(dir_, "set the time of", name);
    const std::array<timespec, 2> times = times_of(mtime);
    const auto set = [&] { return sys_write.set_times_at(dir_.fd(), name.c_str(), times.data()); };
    if (uninterrupted(set) < 0) throw OsError(errno, "set the time of", path_in(dir_, name));
}

void WritableDir::set_own_attributes(const Attributes& attributes) const {
    const FileStat now = dir_.stat();
    if (now.uid != attributes.uid || now.gid != attributes.gid) {
        const auto set = [&] {
            return sys_write.change_owner_at(dir_.fd(), ".", attributes.uid, attributes.gid);
        };
        if (uninterrupted(set) < 0) throw OsError(errno, "set the owner of", dir_.path());
    }
    set_attributes(dir_.fd(), attributes, dir_.path());
}

void WritableDir::set_own_mtime(Attributes::Time mtime) const {
    const std::array<timespec, 2> times = times_of(mtime);
    const auto set = [&] { return sys_write.set_times_at(dir_.fd(), ".", times.data()); };
    if (uninterrupted(set) < 0) throw OsError(errno, "set the time of", dir_.path());
}

void WritableDir::move(const std::string& name, const WritableDir& to, const std::string& to_name) const {
    check_component(dir_, "move", name);
    check_component(to.dir_, "move to", to_name);
    const auto rename = [&] {
        return sys_write.rename_at(dir_.fd(), name.c_str(), to.dir_.fd(), to_name.c_str(), RENAME_NOREPLACE);
    };
    if (uninterrupted(rename) < 0) throw OsError(errno, "move", path_in(dir_, name));
}

void WritableDir::exchange(const std::string& name, const WritableDir& other, const std::string& other_name)
    const {
    check_component(dir_, "exchange", name);
    check_component(other.dir_, "exchange with", other_name);
    const auto rename = [&] {
        return sys_write.rename_at(
            dir_.fd(), name.c_str(), other.dir_.fd(), other_name.c_str(), RENAME_EXCHANGE
        );
    };
    if (uninterrupted(rename) < 0) throw OsError(errno, "exchange", path_in(dir_, name));
}

void WritableDir::remove_file(const std::string& name) const {
    check_component(dir_, "remove", name);
    const auto remove = [&] { return sys_write.unlink_at(dir_.fd(), name.c_str(), 0); };
    if (uninterrupted(remove) < 0) throw OsError(errno, "remove", path_in(dir_, name));
}

void WritableDir::remove_dir(const std::string& name) const {
    check_component(dir_, "remove", name);
    const auto remove = [&] { return sys_write.unlink_at(dir_.fd(), name.c_str(), AT_REMOVEDIR); };
    if (uninterrupted(remove) < 0) throw OsError(errno, "remove", path_in(dir_, name));
}

void WritableDir::sync() const {
    if (uninterrupted([&] { return sys_write.sync_fd(dir_.fd()); }) < 0) {
        throw OsError(errno, "sync", dir_.path());
    }
}

void WritableDir::sync_file_system() const {
    if (uninterrupted([&] { return sys_write.sync_file_system(dir_.fd()); }) < 0) {
        throw OsError(errno, "sync", dir_.path());
    }
}

}  // namespace drydock
