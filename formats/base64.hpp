// Standard base64 with padding, as Go's encoding/base64.StdEncoding decodes it ('\r' and '\n' inside
// are skipped, anything else that is no digit fails).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace drydock {

// Appends the decoded bytes to `out`; false (with `out` in an unspecified state) for bad input.
[[nodiscard]] bool decode_base64(std::string_view text, std::string& out);

// The same into `out`, which must have room for base64_room(text.size()) bytes; gives the number of bytes.
[[nodiscard]] std::optional<std::size_t> decode_base64_into(std::string_view text, std::span<char> out);

// An upper bound of what `length` characters decode to.
[[nodiscard]] constexpr std::size_t base64_room(std::size_t length) noexcept {
    return length / 4 * 3 + 3;
}

[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace drydock
