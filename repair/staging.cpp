#include "repair/staging.hpp"

#include "model/ids.hpp"
#include "platform/os_error.hpp"
#include "platform/sha256.hpp"
#include "repair/tops.hpp"
#include "scanner/look.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_set>

namespace drydock {

namespace {

// image/<driver> has five levels; what is set aside of containers/ and of a driver directory's own files
// fewer. More is hostile.
constexpr unsigned kMaxDepth = 64;
constexpr std::size_t kCopyBytes = std::size_t{64} << 10U;

std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

std::string read_whole(const ReadDir& folder, const std::string& name) {
    const ReadFile file = folder.open_file(name);
    std::string bytes;
    std::string buffer(kCopyBytes, '\0');
    while (const std::size_t got = file.read(buffer.data(), buffer.size())) {
        bytes.append(buffer, 0, got);
    }
    return bytes;
}

void duplicate_file(const ReadDir& from, const std::string& name, const WritableDir& to) {
    const std::optional<FileStat> stat = from.find_stat(name);
    if (!stat) throw OsError(ENOENT, "copy", from.path() + "/" + name);
    to.make_file(name, read_whole(from, name), attributes_of(*stat, from.xattrs(name)));
}

class Cloner {
public:
    explicit Cloner(CopiesFiles copied) : copied_(copied) {}

    void clone(
        const ReadDir& from,
        const std::string& path,
        const WritableDir& to,
        const std::string& name,
        unsigned depth
    ) {
        if (depth > kMaxDepth) throw OsError(ELOOP, "clone", from.path());
        const WritableDir made = to.make_dir(name, 0700);
        made.set_own_attributes(attributes_of(from.stat(), from.xattrs(".")));
        const bool copies = copied_ != nullptr && copied_(path);
        for (const DirEntry& entry : from.list()) {
            if (path.empty() && entry.name == kHiddenFolder) continue;  // ours
            if (entry.type == FileType::directory) {
                clone(from.open(entry.name), join(path, entry.name), made, entry.name, depth + 1);
            } else if (copies && entry.type == FileType::regular) {
                duplicate_file(from, entry.name, made);
            } else {
                made.make_hard_link(entry.name, from, entry.name);
            }
        }
    }

private:
    CopiesFiles copied_;
};

void finish(const ReadDir& original, const WritableDir& clone, unsigned depth) {
    if (depth > kMaxDepth) return;
    for (const DirEntry& entry : clone.read().list()) {
        if (entry.type != FileType::directory) continue;
        if (const std::optional<ReadDir> below = original.find(entry.name)) {
            finish(*below, clone.open(entry.name), depth + 1);
        }
    }
    const FileStat stat = original.stat();
    clone.set_own_mtime({.seconds = stat.mtime, .nanoseconds = stat.mtime_nanoseconds});
}

void make_folder(
    const WritableDir& folder, const std::string& name, const NewObject& object, const Attributes& attributes
) {
    const WritableDir made = folder.make_dir(name, 0700);
    for (const auto& [entry_name, entry] : object.entries) {
        make_object(made, entry_name, entry, std::nullopt);
    }
    made.set_own_attributes(attributes);
    for (const auto& [entry_name, entry] : object.entries) {
        made.set_owner(entry_name, attributes.uid, attributes.gid);
    }
}

void add_number(Sha256& hash, std::uint64_t value) {
    hash.update(&value, sizeof value);
}

void add_text(Sha256& hash, const std::string& text) {
    add_number(hash, text.size());
    hash.update(text.data(), text.size());
}

void add_file(Sha256& hash, const ReadDir& folder, const std::string& name) {
    const ReadFile file = folder.open_file(name);
    add_number(hash, static_cast<std::uint64_t>(file.stat().size));
    std::string buffer(kCopyBytes, '\0');
    while (const std::size_t got = file.read(buffer.data(), buffer.size())) {
        hash.update(buffer.data(), got);
    }
}

void add_object(
    Sha256& hash, const ReadDir& folder, const std::string& name, const FileStat& stat, unsigned depth
) {
    if (depth > kMaxDepth) throw OsError(ELOOP, "read", folder.path());
    add_number(hash, stat.mode);
    switch (stat.type()) {
    case FileType::regular:
        add_file(hash, folder, name);
        return;
    case FileType::symlink:
        add_text(hash, folder.read_link(name));
        return;
    case FileType::directory:
        break;
    case FileType::character_device:
    case FileType::block_device:
    case FileType::fifo:
    case FileType::socket:
    case FileType::unknown:
        add_number(hash, stat.device_major);
        add_number(hash, stat.device_minor);
        return;
    }
    const ReadDir below = folder.open(name);
    std::vector<DirEntry> entries = below.list();
    std::ranges::sort(entries, {}, &DirEntry::name);
    add_number(hash, entries.size());
    for (const DirEntry& entry : entries) {
        const std::optional<FileStat> found = below.find_stat(entry.name);
        if (!found) continue;
        add_text(hash, entry.name);
        add_object(hash, below, entry.name, *found, depth + 1);
    }
}

// A clone's file is the store's own inode, or a copy with its size and mtime.
bool same_file(const FileStat& a, const FileStat& b) {
    if (a.inode == b.inode && a.device == b.device) return true;
    return a.type() == b.type() && a.size == b.size && a.mtime == b.mtime &&
           a.mtime_nanoseconds == b.mtime_nanoseconds && a.type() == FileType::regular;
}

class DriftSearch {
public:
    explicit DriftSearch(const std::vector<std::string>& changed)
        : changed_(changed.begin(), changed.end()) {}

    std::optional<std::string>
    search(const ReadDir& store, const ReadDir& clone, const std::string& path, unsigned depth) {
        if (depth > kMaxDepth) return path;
        std::vector<DirEntry> left = store.list();
        std::vector<DirEntry> right = clone.list();
        std::ranges::sort(left, {}, &DirEntry::name);
        std::ranges::sort(right, {}, &DirEntry::name);
        std::erase_if(left, [&](const DirEntry& entry) { return is_changed(join(path, entry.name)); });
        std::erase_if(right, [&](const DirEntry& entry) { return is_changed(join(path, entry.name)); });
        if (!std::ranges::equal(left, right, {}, &DirEntry::name, &DirEntry::name)) {
            return path.empty() ? std::string(".") : path;
        }
        for (const DirEntry& entry : left) {
            std::string below = join(path, entry.name);
            if (entry.type == FileType::directory) {
                const std::optional<ReadDir> other = clone.find(entry.name);
                if (!other) return below;
                if (auto found = search(store.open(entry.name), *other, below, depth + 1)) return found;
                continue;
            }
            const std::optional<FileStat> a = store.find_stat(entry.name);
            const std::optional<FileStat> b = clone.find_stat(entry.name);
            if (!a || !b || !same_file(*a, *b)) return below;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] bool is_changed(const std::string& path) const { return changed_.contains(path); }

    std::unordered_set<std::string> changed_;
};

}  // namespace

void clone_folder(const ReadDir& from, const WritableDir& to, const std::string& name, CopiesFiles copied) {
    Cloner(copied).clone(from, {}, to, name, 0);
}

void finish_clone(const ReadDir& original, const WritableDir& clone) {
    finish(original, clone, 0);
}

void clone_object(
    const ReadDir& from, const std::string& name, const WritableDir& to, const std::string& to_name
) {
    const std::optional<FileStat> stat = from.find_stat(name);
    if (!stat) throw OsError(ENOENT, "clone", from.path() + "/" + name);
    if (stat->type() != FileType::directory) {
        to.make_hard_link(to_name, from, name);
        return;
    }
    clone_folder(from.open(name), to, to_name, nullptr);
    finish_clone(from.open(name), to.open(to_name));
}

std::optional<Attributes> model_of(const ReadDir& folder, const std::string& name) {
    const std::optional<FileStat> stat = folder.find_stat(name);
    if (!stat) return std::nullopt;
    std::vector<Xattr> label = folder.xattrs(name);
    std::erase_if(label, [](const Xattr& xattr) { return xattr.name != "security.selinux"; });
    Attributes attributes = attributes_of(*stat, std::move(label));
    attributes.mtime.reset();
    return attributes;
}

void make_object(
    const WritableDir& folder,
    const std::string& name,
    const NewObject& object,
    const std::optional<Attributes>& model
) {
    Attributes attributes;
    if (model) {
        attributes = *model;
    } else {
        const FileStat above = folder.read().stat();
        attributes = {.mode = object.mode, .uid = above.uid, .gid = above.gid};
    }
    switch (object.kind) {
    case NewObject::Kind::file:
        folder.make_file(name, object.text, attributes);
        return;
    case NewObject::Kind::link:
        folder.make_link(name, object.text);
        folder.set_owner(name, attributes.uid, attributes.gid);
        return;
    case NewObject::Kind::folder:
        make_folder(folder, name, object, attributes);
        return;
    }
}

std::string fingerprint(const ReadDir& folder, const std::string& name) {
    const std::optional<FileStat> stat = folder.find_stat(name);
    if (!stat) return {};
    Sha256 hash;
    add_object(hash, folder, name, *stat, 0);
    return Digest(hash.finish()).hex();
}

std::optional<std::string>
find_drift(const ReadDir& store, const ReadDir& clone, const std::vector<std::string>& changed) {
    return DriftSearch(changed).search(store, clone, {}, 0);
}

}  // namespace drydock
