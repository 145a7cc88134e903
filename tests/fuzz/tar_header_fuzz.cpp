// Header bytes as a list of operations: a byte n below 200 takes a member whose entry has the size n - 1
// (0: whatever the header says), a greater one feeds the next (n - 199) * 128 bytes. Fed in other slices
// the same bytes must give the same members. Checksums are put right, or nothing would get past them.
#include "formats/tar_block.hpp"
#include "formats/tar_header.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace drydock;

namespace {

constexpr std::size_t kFeedStep = 128;
constexpr unsigned kFirstFeed = 200;

void repair_checksum(std::string& block) {
    if (block.size() < kTarBlockBytes || is_zero_block(block)) {
        return;
    }
    block.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
        sum += static_cast<unsigned char>(block[i]);
    }
    char field[8];
    static_cast<void>(std::snprintf(field, sizeof field, "%06o", sum & 0777777U));
    block.replace(148, 7, field, 7);
}

std::vector<std::string> run(std::string_view input, std::size_t slice, bool repair) {
    TarHeaderDecoder decoder;
    std::vector<std::string> outcome;
    while (!input.empty()) {
        const auto operation = static_cast<unsigned char>(input.front());
        input.remove_prefix(1);
        if (operation < kFirstFeed) {
            const auto member = decoder.take(static_cast<std::int64_t>(operation) - 1);
            if (!member) {
                fuzz_check(!member.error().what.empty());
                outcome.push_back("failed: " + member.error().what);
                fuzz_check(!decoder.take(0));
                break;
            }
            fuzz_check((member->mode & ~07777U) == 0 && member->type != '\0');
            fuzz_check(member->header_only() || member->size >= 0);
            outcome.push_back(member->name + '|' + member->link_name + '|' + std::to_string(member->mtime));
            continue;
        }
        std::string bytes(input.substr(0, (operation - kFirstFeed + 1) * kFeedStep));
        input.remove_prefix(bytes.size());
        if (repair) {
            repair_checksum(bytes);
        }
        for (std::size_t at = 0; at < bytes.size(); at += slice) {
            decoder.feed(std::string_view(bytes).substr(at, slice));
        }
    }
    outcome.emplace_back(decoder.good_end() ? "good" : "bad");
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = as_text(data, size);
    for (const bool repair : {false, true}) {
        fuzz_check(run(input, input.size() + 1, repair) == run(input, 7, repair));
    }
    return 0;
}
