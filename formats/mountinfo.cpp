#include "formats/mountinfo.hpp"

#include <optional>

namespace drydock {

namespace {

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

std::string unescape(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool code = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                          is_octal(text[i + 2]) && is_octal(text[i + 3]);
        if (!code) {
            result += text[i];
            continue;
        }
        const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
        result += static_cast<char>(static_cast<unsigned char>(value));
        i += 3;
    }
    return result;
}

std::string_view take(std::string_view& rest, char end) {
    const std::size_t at = rest.find(end);
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return part;
}

void add_layers(std::string_view options, std::vector<std::string>& layers) {
    while (!options.empty()) {
        std::string_view option = take(options, ',');
        const std::string_view name = take(option, '=');
        if (name == "upperdir" || name == "workdir") {
            layers.push_back(unescape(option));
        } else if (name == "lowerdir" || name == "lowerdir+") {
            while (!option.empty()) {
                layers.push_back(unescape(take(option, ':')));
            }
        }
    }
}

// id parent major:minor root point options [optional...] - type source super-options
std::optional<OverlayMount> parse_line(std::string_view line) {
    for (int i = 0; i < 4; ++i) {
        (void)take(line, ' ');
    }
    OverlayMount mount{.point = unescape(take(line, ' ')), .layers = {}};
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) return std::nullopt;
    line.remove_prefix(dash + 3);
    if (take(line, ' ') != "overlay") return std::nullopt;
    (void)take(line, ' ');  // the source
    add_layers(line, mount.layers);
    return mount;
}

}  // namespace

std::vector<OverlayMount> parse_overlay_mounts(std::string_view text) {
    std::vector<OverlayMount> mounts;
    while (!text.empty()) {
        if (std::optional<OverlayMount> mount = parse_line(take(text, '\n')))
            mounts.push_back(std::move(*mount));
    }
    return mounts;
}

}  // namespace drydock
