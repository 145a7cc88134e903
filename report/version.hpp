// The version of this build, from the file VERSION by way of CMake; stands in reports and in `version`.
#pragma once

#include <string_view>

namespace drydock {

[[nodiscard]] std::string_view version();

}  // namespace drydock
