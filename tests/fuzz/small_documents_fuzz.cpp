// descriptor.json, the records of v2metadata-by-diffid, and the JSON reader below them: what is rewritten
// for a strict parser must be valid UTF-8 in its strings, and rewriting it again changes nothing.
#include "formats/documents.hpp"
#include "formats/json_text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto descriptor = parse_descriptor(text);
    fuzz_check(descriptor || !descriptor.error().what.empty());
    const auto metadata = parse_v2metadata(text);
    fuzz_check(metadata || !metadata.error().what.empty());
    const auto rewritten = rewrite_for_strict_parser(text);
    fuzz_check(rewrite_for_strict_parser(rewritten) == rewritten);
    const auto again = parse_v2metadata(rewritten);
    fuzz_check(!metadata || (again && *again == *metadata));
    return 0;
}
