// The one-line files of layerdb, with the tolerance of dockerd's readers (moby layer/filestore.go).
#pragma once

#include "formats/parse_error.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock {

// White space as Go's strings.TrimSpace sees it in ASCII: space, \t, \n, \v, \f, \r (and U+0085, U+00A0).
[[nodiscard]] std::string_view trim_space(std::string_view text);

// `diff`, `parent`, a mount's `parent`: white space round it does not count; only sha256 digests.
[[nodiscard]] Parsed<Digest> parse_digest_record(std::string_view text);

// `size`: strconv.ParseInt(text, 10, 64), so a sign is fine and a newline is not.
[[nodiscard]] Parsed<std::int64_t> parse_size_record(std::string_view text);

// `cache-id`: trimmed. dockerd takes anything that is not empty; drydock only what is one path
// component that can be a driver directory: 1 to 255 bytes of [A-Za-z0-9_.-], neither "." nor ".."
// nor "l".
[[nodiscard]] Parsed<std::string> parse_cache_id(std::string_view text);

// `mount-id`, `init-id`: trimmed, 64 characters [a-f0-9], optionally with "-init".
[[nodiscard]] Parsed<std::string> parse_mount_id(std::string_view text);

// overlay2 `link`: exactly 26 characters [A-Z2-7], not trimmed.
[[nodiscard]] Parsed<std::string> parse_link(std::string_view text);

// imagedb `lastUpdated`: RFC 3339 with optional fraction.
[[nodiscard]] bool is_rfc3339_time(std::string_view text);

}  // namespace drydock
