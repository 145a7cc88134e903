#include "tests/support/tree_snapshot.hpp"

#include "tests/support/bytes.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListed = 20;
// So short a content is told itself.
constexpr std::size_t kShownBytes = 80;
// What the kernel allows for a value, and for a list of names.
constexpr std::size_t kXattrBytes = 65536;

[[noreturn]] void fail(const std::string& what, const std::string& path) {
    throw std::system_error(errno, std::generic_category(), what + " " + path);
}

std::string octal(unsigned value) {
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "%o", value);  // always fits
    return text.data();
}

std::string printable(const std::string& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '\\') {
            out += c;
        } else {
            out += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
        }
    }
    return out;
}

std::string describe_bytes(const std::string& bytes) {
    const std::string size = std::to_string(bytes.size()) + " bytes ";
    return size + (bytes.size() <= kShownBytes ? "\"" + printable(bytes) + "\"" : hex_sha256(bytes));
}

std::vector<std::string> xattr_names(const std::string& path) {
    std::array<char, kXattrBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): for each object
    const ssize_t size = ::llistxattr(path.c_str(), buffer.data(), buffer.size());
    if (size < 0 && errno == ENOTSUP) return {};
    if (size < 0) fail("list the xattrs of", path);
    const std::string list(buffer.data(), static_cast<std::size_t>(size));
    std::vector<std::string> names;
    for (std::size_t at = 0; at < list.size(); at += names.back().size() + 1) {
        names.emplace_back(list.c_str() + at);
    }
    return names;
}

void add_xattrs(const std::string& path, TreeObject& object) {
    for (const std::string& name : xattr_names(path)) {
        std::array<char, kXattrBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): see above
        const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), buffer.data(), buffer.size());
        if (size < 0) fail("read the xattr " + name + " of", path);
        object["xattr " + name] = describe_bytes({buffer.data(), static_cast<std::size_t>(size)});
    }
}

class Walker {
public:
    Walker(std::string root, const std::vector<std::string>& excluded)
        : root_(std::move(root)), excluded_(excluded) {}

    TreeSnapshot walk() {
        add(".");
        snapshot_["."].erase("mtime");
        walk_folder("");
        return std::move(snapshot_);
    }

private:
    void walk_folder(const std::string& folder) {
        std::vector<std::string> names;
        for (const fs::directory_entry& entry : fs::directory_iterator(root_ + "/" + folder)) {
            names.push_back(entry.path().filename().string());
        }
        // Sorted, so that the first name of an inode is the same in every snapshot.
        std::sort(names.begin(), names.end());
        for (const std::string& name : names) {
            const std::string path = folder.empty() ? name : folder + "/" + name;
            if (std::find(excluded_.begin(), excluded_.end(), path) != excluded_.end()) continue;
            if (S_ISDIR(add(path))) walk_folder(path);
        }
    }

    mode_t add(const std::string& path) {
        const std::string full = root_ + "/" + path;
        struct stat stat{};
        if (::lstat(full.c_str(), &stat) != 0) fail("look at", full);
        TreeObject& object = snapshot_[path];
        object["mode"] = octal(stat.st_mode);
        object["uid"] = std::to_string(stat.st_uid);
        object["gid"] = std::to_string(stat.st_gid);
        object["mtime"] = std::to_string(stat.st_mtim.tv_sec) + "." + std::to_string(stat.st_mtim.tv_nsec);
        if (S_ISREG(stat.st_mode)) object["content"] = describe_bytes(read_bytes(full));
        if (S_ISLNK(stat.st_mode)) object["target"] = printable(fs::read_symlink(full).string());
        if (S_ISCHR(stat.st_mode) || S_ISBLK(stat.st_mode)) {
            object["device"] =
                std::to_string(major(stat.st_rdev)) + ":" + std::to_string(minor(stat.st_rdev));
        }
        if (!S_ISDIR(stat.st_mode)) {
            const auto [first, added] = inodes_.try_emplace({stat.st_dev, stat.st_ino}, path);
            if (!added) object["same inode as"] = printable(first->second);
        }
        add_xattrs(full, object);
        return stat.st_mode;
    }

    std::string root_;
    const std::vector<std::string>& excluded_;
    TreeSnapshot snapshot_;
    std::map<std::pair<dev_t, ino_t>, std::string> inodes_;
};

// "mode 100644 -> 100600, xattr user.a gone"
std::string compare_objects(const TreeObject& before, const TreeObject& after) {
    std::string out;
    const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
    for (const auto& [field, value] : before) {
        const auto now = after.find(field);
        if (now == after.end()) {
            add(field + " " + value + " gone");
        } else if (now->second != value) {
            add(field + " " + value + " -> " + now->second);
        }
    }
    for (const auto& [field, value] : after) {
        if (!before.contains(field)) add(field + " " + value + " new");
    }
    return out;
}

}  // namespace

TreeSnapshot take_snapshot(const std::string& root, const std::vector<std::string>& excluded) {
    return Walker(root, excluded).walk();
}

void forget_mtimes(TreeSnapshot& snapshot, const std::vector<std::string>& paths) {
    for (auto& [path, object] : snapshot) {
        for (const std::string& forgotten : paths) {
            if (path == forgotten || path.starts_with(forgotten + "/")) object.erase("mtime");
        }
    }
}

std::string describe_difference(const TreeSnapshot& before, const TreeSnapshot& after) {
    std::vector<std::string> lines;
    for (const auto& [path, object] : before) {
        const auto now = after.find(path);
        if (now == after.end()) {
            lines.push_back("gone:    " + printable(path));
        } else if (const std::string text = compare_objects(object, now->second); !text.empty()) {
            lines.push_back("changed: " + printable(path) + ": " + text);
        }
    }
    for (const auto& [path, object] : after) {
        if (!before.contains(path)) lines.push_back("new:     " + printable(path));
    }
    std::string out;
    for (std::size_t i = 0; i < std::min(lines.size(), kListed); ++i) {
        out += lines[i] + "\n";
    }
    if (lines.size() > kListed) out += "and " + std::to_string(lines.size() - kListed) + " more\n";
    return out;
}

}  // namespace drydock
