// /proc/<pid>/mountinfo, of which only overlay mounts matter here. Format: proc(5); names are escaped as
// \ooo. The options of overlayfs: kernel Documentation/filesystems/overlayfs.rst.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct OverlayMount {
    std::string point;                // where it is mounted, as that process sees it
    std::vector<std::string> layers;  // lowerdir's parts, upperdir and workdir, as they were given
};

// Lines of another form are left out.
[[nodiscard]] std::vector<OverlayMount> parse_overlay_mounts(std::string_view text);

}  // namespace drydock
