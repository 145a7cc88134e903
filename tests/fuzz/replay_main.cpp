// Runs a fuzz target over the files of its corpus, without libFuzzer: what a campaign once found stays
// a test of every build.
#include "platform/dir.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kMaxInput = std::size_t{64} << 20U;

std::size_t replay(const std::string& folder) {
    const drydock::ReadDir dir = drydock::ReadDir::open_path(folder);
    std::vector<drydock::DirEntry> entries = dir.list();
    std::ranges::sort(entries, {}, &drydock::DirEntry::name);
    for (const drydock::DirEntry& entry : entries) {
        // The last line names the culprit of a crash.
        std::cerr << folder << '/' << entry.name << '\n';
        const drydock::SmallFile file = drydock::read_small_file(dir, entry.name, kMaxInput);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(file.bytes.data()), file.bytes.size());
    }
    return entries.size();
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t inputs = 0;
    for (int i = 1; i < argc; ++i) {
        inputs += replay(argv[i]);
    }
    return inputs == 0 ? 1 : 0;
}
