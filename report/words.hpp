// Small pieces of English for reports: counts, sizes, lists. No locale, no times: the same numbers give
// the same text everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// "1 image", "3 images", "2 boxes" with plural given where it is not just an s.
[[nodiscard]] std::string count_of(std::uint64_t n, std::string_view singular, std::string_view plural = {});

// Decimal units as Docker prints them: "0 B", "999 B", "1.3 GB", "120 MB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

// "a", "a and b", "a, b and c".
[[nodiscard]] std::string join_and(const std::vector<std::string>& items);

// "a, b, c", or "a, b and 7 more" where there are more than `most`.
[[nodiscard]] std::string join_some(const std::vector<std::string>& items, std::size_t most);

// An id as people recognise it: "sha256:" and 12 digits, or 12 characters of a longer hexadecimal name;
// anything else as it is.
[[nodiscard]] std::string short_id(std::string_view id);

// How many columns well-formed UTF-8 takes, near enough to align a table: one for each character.
[[nodiscard]] std::size_t columns(std::string_view text);

}  // namespace drydock
