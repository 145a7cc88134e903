// Image configs. Where a strict parser takes the text, ours does: the leniency of Go only adds.
#include "formats/documents.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <nlohmann/json.hpp>

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto config = parse_image_config(text);
    fuzz_check(config || (!config.error().what.empty() && config.error().offset <= 3 * size));
    if (config) {
        fuzz_check(config->has_rootfs || config->diff_ids.empty());
    }
    const bool odd = text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf");
    if (!odd && nlohmann::json::accept(text)) {
        fuzz_check(config.has_value() || config.error().what == "nested deeper than 10,000");
    }
    return 0;
}
