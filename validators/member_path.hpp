// Names of tar members as text, before any tree is asked: Go's path.Clean and the way through the
// components. Pure functions; nothing here knows what a name leads to.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace drydock {

// path.Clean of Go: "./a//b/../c" -> "a/c"; "" and "." -> "."; a leading "/" and leading ".." stay.
[[nodiscard]] std::string clean_path(std::string_view path);

// The first component of `path` and what follows it, slashes removed.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_first(std::string_view path);

}  // namespace drydock
