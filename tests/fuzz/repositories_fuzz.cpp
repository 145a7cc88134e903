// repositories.json: a reference that is called well-formed keeps what repair will rely on.
#include "formats/documents.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = parse_repositories(as_text(data, size));
    if (!parsed) {
        fuzz_check(!parsed.error().what.empty());
        return 0;
    }
    for (const auto& tag : parsed->tags) {
        fuzz_check(!tag.image || tag.image->text() == tag.image_text);
        if (tag.well_formed) {
            fuzz_check(tag.image.has_value() && tag.reference.starts_with(tag.repository));
            fuzz_check(tag.reference.size() > tag.repository.size() + 1);
            fuzz_check(tag.reference[tag.repository.size()] == (tag.is_digest ? '@' : ':'));
            for (const char c : tag.reference) {
                fuzz_check(static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f);
            }
        }
    }
    return 0;
}
