#include "repair/tops.hpp"

#include "platform/mount_id.hpp"
#include "scanner/folders.hpp"

#include <algorithm>

namespace drydock {

Tops::Tops(const ReadDir& root, const std::vector<StoreTops>& stores) {
    tops_.push_back({.path = {}, .dir = root.duplicate(), .exchangeable = false});
    for (const StoreTops& store : stores) {
        const std::string image = parent_path(store.image);
        add(parent_path(image));
        for (const std::string& path : {image, store.image, store.driver, store.containers}) {
            add(path);
        }
    }
}

void Tops::add(const std::string& path) {
    if (path.empty() || find(path) != nullptr) return;
    const Top* parent = find(parent_path(path));
    if (parent == nullptr) return;
    const std::string name = last_name(path);
    TopFolder found = open_top_folder(parent->dir, name, root().stat().uid);
    if (!found.dir) return;
    const std::optional<FileStat> entry = parent->dir.find_stat(name);
    const bool exchangeable =
        entry && entry->type() == FileType::directory && mount_of(*found.dir) == mount_of(parent->dir);
    tops_.push_back({.path = path, .dir = std::move(*found.dir), .exchangeable = exchangeable});
}

const Tops::Top* Tops::find(const std::string& path) const {
    const auto found = std::ranges::find(tops_, path, &Top::path);
    return found == tops_.end() ? nullptr : &*found;
}

const Tops::Top& Tops::above(const std::string& path) const {
    const Top* best = &tops_.front();
    for (const Top& top : tops_) {
        if (top.path != path && lies_in(path, top.path) && top.path.size() >= best->path.size()) best = &top;
    }
    return *best;
}

Spot Tops::spot(const std::string& path) const {
    const Top& top = above(path);
    const std::string parent = parent_path(path);
    WritableDir base = WritableDir::of(top.dir);
    if (parent == top.path) return {.folder = std::move(base), .name = last_name(path)};
    const std::string rest = top.path.empty() ? parent : parent.substr(top.path.size() + 1);
    return {.folder = base.open(rest), .name = last_name(path)};
}

WritableDir Tops::folder(const std::string& path) const {
    const Top* top = find(path);
    if (top != nullptr) return WritableDir::of(top->dir);
    const Spot found = spot(path);
    return found.folder.open(found.name);
}

}  // namespace drydock
