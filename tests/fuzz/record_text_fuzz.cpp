// The one-line files of layerdb: what is accepted must be what its form promises to the code that goes
// on with it.
#include "formats/base64.hpp"
#include "formats/record_text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto trimmed = trim_space(text);
    fuzz_check(trim_space(trimmed) == trimmed);
    if (const auto digest = parse_digest_record(text)) {
        fuzz_check(digest->text() == trimmed);
    }
    if (const auto value = parse_size_record(text)) {
        fuzz_check(parse_size_record(std::to_string(*value)).value_or(~*value) == *value);
    }
    if (const auto id = parse_cache_id(text)) {
        fuzz_check(!id->empty() && id->size() <= 255 && *id != "." && *id != ".." && *id != "l");
        fuzz_check(id->find('/') == std::string::npos && id->find('\0') == std::string::npos);
    }
    if (const auto id = parse_mount_id(text)) {
        fuzz_check(id->size() == 64 || id->size() == 69);
    }
    if (const auto link = parse_link(text)) {
        fuzz_check(*link == text && link->size() == 26);
    }
    fuzz_check(!is_rfc3339_time(text) || size >= 19);
    std::string bytes;
    if (decode_base64(text, bytes)) {
        std::string again;
        fuzz_check(decode_base64(encode_base64(bytes), again) && again == bytes);
    }
    fuzz_check(decode_base64(encode_base64(text), bytes = {}) && bytes == text);
    return 0;
}
