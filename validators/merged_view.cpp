#include "validators/merged_view.hpp"

#include "platform/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

namespace drydock {

namespace {

std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

bool is_whiteout(const FileStat& stat) {
    return stat.type() == FileType::character_device && stat.device_major == 0 && stat.device_minor == 0;
}

// "redirect" -> the value of trusted.overlay.redirect or user.overlay.redirect.
std::optional<std::string> overlay_mark(const std::vector<Xattr>& xattrs, const std::string& mark) {
    for (const Xattr& attribute : xattrs) {
        if (attribute.name == "trusted.overlay." + mark || attribute.name == "user.overlay." + mark) {
            return attribute.value;
        }
    }
    return std::nullopt;
}

// Where the lower part of a redirected object lies: an absolute path of the mount, or another name in
// the same folder.
std::string redirected(const std::string& folder, const std::string& redirect) {
    return redirect.starts_with('/') ? redirect.substr(1) : join(folder, redirect);
}

}  // namespace

MergedEntry MergedView::root() const {
    MergedEntry result;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        result.parts.push_back({.layer = i, .path = {}});
    }
    return result;
}

MergedView::Place MergedView::place_of(const MergedPart& part) const {
    const ReadDir& layer = layers_.at(part.layer);
    const std::size_t slash = part.path.rfind('/');
    if (slash == std::string::npos) return {.folder = layer.duplicate(), .name = part.path};
    return {.folder = layer.open(part.path.substr(0, slash)), .name = part.path.substr(slash + 1)};
}

ReadFile MergedView::open_file(const MergedPart& part) const {
    const Place place = place_of(part);
    return place.folder.open_file(place.name);
}

std::string MergedView::read_link(const MergedPart& part) const {
    const Place place = place_of(part);
    return place.folder.read_link(place.name);
}

void MergedView::add_part(Listing& listing, const MergedEntry& folder, std::size_t index) const {
    const MergedPart& part = folder.parts[index];
    const ReadDir& layer = layers_.at(part.layer);
    const std::optional<ReadDir> here =
        part.path.empty() ? std::nullopt : std::optional(layer.open(part.path));
    const ReadDir& dir = here ? *here : layer;
    for (const DirEntry& found : dir.list()) {
        const auto stat = dir.find_stat(found.name);
        if (!stat || listing.contains(found.name)) continue;  // hidden by a part above
        MergedEntry& entry = listing[found.name];
        entry.stat = *stat;
        entry.elsewhere = folder.elsewhere && index > 0;
        entry.parts.push_back({.layer = part.layer, .path = join(part.path, found.name)});
        const FileType type = stat->type();
        if (type != FileType::directory && type != FileType::regular) continue;
        const auto xattrs = dir.xattrs(found.name);
        const auto redirect = overlay_mark(xattrs, "redirect");
        const bool stub = overlay_mark(xattrs, "metacopy").has_value();
        if (type == FileType::regular && !stub) continue;
        entry.elsewhere = entry.elsewhere || stub || redirect.has_value() || folder.elsewhere;
        if (overlay_mark(xattrs, "opaque") == "y") continue;
        add_lower_parts(entry, folder, index, redirect.value_or(found.name));
    }
}

// The lower parts, each of which may redirect again, end at anything of another type.
void MergedView::add_lower_parts(
    MergedEntry& entry, const MergedEntry& folder, std::size_t index, std::string name
) const {
    const FileType type = entry.stat.type();
    for (std::size_t below = index + 1; below < folder.parts.size(); ++below) {
        const MergedPart& lower = folder.parts[below];
        const MergedPart candidate{.layer = lower.layer, .path = redirected(lower.path, name)};
        const Place place = place_of(candidate);
        const auto lower_stat = place.folder.find_stat(place.name);
        if (!lower_stat) continue;
        if (lower_stat->type() != type) break;
        const auto marks = place.folder.xattrs(place.name);
        if (type == FileType::regular) {
            entry.parts.front() = candidate;
            if (!overlay_mark(marks, "metacopy")) break;
        } else {
            entry.parts.push_back(candidate);
            if (overlay_mark(marks, "opaque") == "y") break;
        }
        name = overlay_mark(marks, "redirect").value_or(name);
    }
}

MergedView::Listing MergedView::list(const MergedEntry& folder) const {
    Listing listing;
    for (std::size_t i = 0; i < folder.parts.size(); ++i) {
        add_part(listing, folder, i);
    }
    std::erase_if(listing, [](const auto& item) { return is_whiteout(item.second.stat); });
    return listing;
}

}  // namespace drydock
