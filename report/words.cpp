// See words.hpp. Numbers are formatted by hand: printf and streams would ask the locale.
#include "report/words.hpp"

#include <algorithm>
#include <array>

namespace drydock {

std::string count_of(std::uint64_t n, std::string_view singular, std::string_view plural) {
    std::string text = std::to_string(n) + ' ';
    if (n == 1) {
        return text.append(singular);
    }
    return plural.empty() ? text.append(singular) + 's' : text.append(plural);
}

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> kUnits = {" kB", " MB", " GB", " TB", " PB", " EB"};
    if (bytes < 1000) {
        return std::to_string(bytes) + " B";
    }
    std::uint64_t tenths = bytes / 100 + (bytes % 100 >= 50 ? 1 : 0);
    std::size_t unit = 0;
    while (tenths >= 9995 && unit + 1 < kUnits.size()) {
        tenths = (tenths + 500) / 1000;
        ++unit;
    }
    // Three digits are as exact as a reader needs: "1.3 GB", "12.5 MB", "120 MB".
    std::string text = std::to_string(tenths < 1000 ? tenths / 10 : (tenths + 5) / 10);
    if (tenths < 1000 && tenths % 10 != 0) {
        text += '.' + std::to_string(tenths % 10);
    }
    return text.append(kUnits[unit]);
}

std::string join_and(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) {
            text += i + 1 == items.size() ? " and " : ", ";
        }
        text += items[i];
    }
    return text;
}

std::string join_some(const std::vector<std::string>& items, std::size_t most) {
    const std::size_t shown = std::min(items.size(), most);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        text += (i > 0 ? ", " : "") + items[i];
    }
    if (shown < items.size()) {
        text += " and " + std::to_string(items.size() - shown) + " more";
    }
    return text;
}

std::string short_id(std::string_view id) {
    constexpr std::string_view kAlgorithm = "sha256:";
    constexpr std::size_t kDigits = 12;          // as docker's own lists
    constexpr std::string_view kInit = "-init";  // a container's second driver directory
    const bool digest = id.starts_with(kAlgorithm);
    const bool init = !digest && id.ends_with(kInit);
    const std::string_view hex =
        digest ? id.substr(kAlgorithm.size()) : id.substr(0, id.size() - (init ? kInit.size() : 0));
    const bool is_hex = std::all_of(hex.begin(), hex.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (hex.size() != 64 || !is_hex) {
        return std::string(id);
    }
    return std::string(digest ? kAlgorithm : "").append(hex.substr(0, kDigits)).append(init ? kInit : "");
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

}  // namespace drydock
