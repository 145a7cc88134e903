#include "formats/daemon_config.hpp"

#include <nlohmann/json.hpp>

namespace drydock {

Parsed<std::string> parse_data_root(std::string_view text) {
    const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_object()) {
        return tl::unexpected(ParseError{"no JSON object", 0});
    }
    for (const char* key : {"data-root", "graph"}) {
        const auto found = document.find(key);
        if (found == document.end()) {
            continue;
        }
        if (!found->is_string()) {
            return tl::unexpected(ParseError{std::string(key) + " is no string", 0});
        }
        return found->get<std::string>();
    }
    return std::string();
}

}  // namespace drydock
