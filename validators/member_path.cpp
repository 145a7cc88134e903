#include "validators/member_path.hpp"

#include <vector>

namespace drydock {

std::pair<std::string_view, std::string_view> split_first(std::string_view path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {path, {}};
    const std::size_t next = path.find_first_not_of('/', slash);
    return {path.substr(0, slash), next == std::string_view::npos ? std::string_view() : path.substr(next)};
}

std::string clean_path(std::string_view path) {
    const bool rooted = path.starts_with('/');
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto [first, rest] = split_first(path);
        path = rest;
        if (first.empty() || first == ".") continue;
        if (first != ".." || ((parts.empty() || parts.back() == "..") && !rooted)) {
            parts.push_back(first);
        } else if (!parts.empty()) {
            parts.pop_back();
        }
    }
    std::string result = rooted ? "/" : "";
    for (const std::string_view part : parts) {
        if (!result.empty() && result.back() != '/') result += '/';
        result += part;
    }
    return result.empty() ? "." : result;
}

}  // namespace drydock
