// `size` of a layer record as the daemon computes it from a directory (moby daemon/graphdriver/overlay2,
// pkg/directory): the sizes of all that is no folder, an inode with several names once.
#pragma once

#include "platform/dir.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace drydock {

// In bytes, of all below the folder `name` of `base`. nullopt where that is no folder. Throws OsError.
[[nodiscard]] std::optional<std::int64_t>
sum_layer_size(const ReadDir& base, const std::string& name, const std::stop_token& stop);

}  // namespace drydock
