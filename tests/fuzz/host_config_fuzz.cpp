// hostconfig.json: the first value counts, so that bytes after a good document change nothing.
#include "formats/documents.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto config = parse_host_config(text);
    if (config) {
        const auto longer = parse_host_config(std::string(text) + "\xff{");
        fuzz_check(
            longer && longer->restart_policy == config->restart_policy && longer->null == config->null
        );
        // What a document says beside a null one is nothing.
        fuzz_check(!config->null || config->restart_policy.empty());
    }
    return 0;
}
