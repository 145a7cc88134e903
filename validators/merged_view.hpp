// A stack of overlay directories as overlayfs shows it when mounted, read without mounting: names of
// upper layers hide those below, whiteouts remove them, opaque folders cut off what lies below,
// redirected folders and metacopy files have their lower part elsewhere (Linux
// Documentation/filesystems/overlayfs.rst). Reads only.
#pragma once

#include "platform/dir.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace drydock {

// A place in one layer of the stack: 0 is the topmost.
struct MergedPart {
    std::size_t layer = 0;
    std::string path;  // from the layer's root; "" is the root
};

struct MergedEntry {
    FileStat stat;                  // of the topmost part
    std::vector<MergedPart> parts;  // a folder: all parts that show through; else the one with the bytes
    bool elsewhere = false;         // a redirect or a stub of this name leads to a layer below
};

class MergedView {
public:
    // Topmost first.
    explicit MergedView(std::vector<ReadDir> layers) : layers_(std::move(layers)) {}

    using Listing = std::map<std::string, MergedEntry>;

    [[nodiscard]] MergedEntry root() const;
    // What a folder shows. Throws OsError.
    [[nodiscard]] Listing list(const MergedEntry& folder) const;

    [[nodiscard]] ReadFile open_file(const MergedPart& part) const;
    [[nodiscard]] std::string read_link(const MergedPart& part) const;

private:
    struct Place {
        ReadDir folder;
        std::string name;
    };

    [[nodiscard]] Place place_of(const MergedPart& part) const;
    void add_part(Listing& listing, const MergedEntry& folder, std::size_t index) const;
    void
    add_lower_parts(MergedEntry& entry, const MergedEntry& folder, std::size_t index, std::string name) const;

    std::vector<ReadDir> layers_;
};

}  // namespace drydock
