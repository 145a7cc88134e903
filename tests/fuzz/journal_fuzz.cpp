// The journal of a transaction: whatever is read can be cut at its whole length and says the same, and no
// path in it leads out of the root.
#include "formats/journal.hpp"
#include "tests/fuzz/fuzz_check.hpp"

using namespace drydock;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(data, size);
    const auto journal = parse_journal(text);
    if (!journal) return 0;
    fuzz_check(journal->whole_bytes <= size);
    const auto again = parse_journal(text.substr(0, journal->whole_bytes));
    fuzz_check(again && again->state == journal->state && again->whole_bytes == journal->whole_bytes);
    fuzz_check(journal->begin.has_value() || journal->whole_bytes == 0);
    if (journal->prepared) {
        for (const JournalMove& move : journal->prepared->moves) {
            fuzz_check(!move.path.starts_with('/') && move.path.find("/../") == std::string::npos);
            fuzz_check(move.home < journal->begin->homes.size());
        }
    }
    return 0;
}
