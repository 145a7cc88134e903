// Paths from ROOT as text: components joined by slashes, none at the ends.
#pragma once

#include <string>
#include <string_view>

namespace drydock {

// "a/b" -> "a"; a path without a slash lies in "", which is ROOT.
[[nodiscard]] inline std::string parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

[[nodiscard]] inline std::string last_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

// Whether `path` is `folder` or lies below it; everything lies below "".
[[nodiscard]] inline bool lies_in(std::string_view path, std::string_view folder) {
    if (folder.empty() || path == folder) return true;
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace drydock
