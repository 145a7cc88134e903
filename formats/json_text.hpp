// JSON text below the level of values: UTF-8 and escapes. For go_json and tar_split only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock {

inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

// Bytes of the well-formed UTF-8 sequence at `at`, or 0 if there is none.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept;

// The UTF-16 code unit of the \uXXXX at `at`, if one stands there.
[[nodiscard]] std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) noexcept;

[[nodiscard]] constexpr bool is_high_surrogate(std::uint32_t unit) noexcept {
    return unit >= 0xd800 && unit < 0xdc00;
}

[[nodiscard]] constexpr bool is_low_surrogate(std::uint32_t unit) noexcept {
    return unit >= 0xdc00 && unit < 0xe000;
}

// Text that a strict parser reads as Go reads the original: bad UTF-8 and lone surrogates in strings
// become U+FFFD, and numbers with a fraction or exponent, which no known field has and which may exceed
// a double, become 0.5. The same text where there is nothing of it; no JSON stays no JSON.
[[nodiscard]] std::string rewrite_for_strict_parser(std::string_view text);

}  // namespace drydock
