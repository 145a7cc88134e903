// config.v2.json: the first value counts, so that bytes after a good document change nothing.
#include "formats/documents.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto config = parse_container_config(text);
    if (config) {
        const auto longer = parse_container_config(std::string(text) + "\xff{");
        fuzz_check(longer && longer->id == config->id && longer->dead == config->dead);
        fuzz_check(longer->undecodable == config->undecodable && longer->null == config->null);
        fuzz_check(!config->null || (config->no_config && config->driver.empty()));
    }
    return 0;
}
