// The one thing that drydock asks of a host's /etc/docker/daemon.json: where its data root lies.
#pragma once

#include "formats/parse_error.hpp"

#include <string>
#include <string_view>

namespace drydock {

// "data-root", or "graph" as it was called up to Docker 17.05; "" where neither is named. Fails for
// what is no JSON object, and for a value that is no string.
[[nodiscard]] Parsed<std::string> parse_data_root(std::string_view text);

}  // namespace drydock
