// The word that was probably meant, for messages about options, commands and values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// "" where no candidate is near enough to be a typing mistake.
[[nodiscard]] std::string_view
nearest(std::string_view typed, const std::vector<std::string_view>& candidates);

// "; did you mean X?" or "".
[[nodiscard]] std::string
did_you_mean(std::string_view typed, const std::vector<std::string_view>& candidates);

}  // namespace drydock
