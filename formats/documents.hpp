// The JSON documents of a store, read as Go's encoding/json reads them for dockerd: keys match without
// regard to case, the last of duplicate keys wins (maps merge), unknown keys are ignored, invalid
// UTF-8 and lone surrogates become U+FFFD, nesting stops at 10,000.
#pragma once

#include "formats/parse_error.hpp"
#include "model/inventory.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// An image config (moby image/image.go:NewFromJSON). Fails where the text is no JSON at all; what is
// JSON but does not decode into dockerd's struct (a string for "config", a bad "created") gives a
// value with `unusable` set. One value only: trailing bytes but white space fail.
[[nodiscard]] Parsed<ImageConfig> parse_image_config(std::string_view text);

// repositories.json (moby reference/store.go): the first JSON value counts, bytes after it do not.
// Fails for no JSON, "null", and an object whose "Repositories" is absent or null. Each tag comes with
// well_formed and is_digest set; a tag whose image is no digest has `image` unset.
[[nodiscard]] Parsed<Repositories> parse_repositories(std::string_view text);

// containers/<id>/config.v2.json: the first JSON value counts. Fields absent are empty. Fails where that is
// no JSON; what dockerd does not decode into its struct gives a value with `undecodable` set.
[[nodiscard]] Parsed<ContainerConfig> parse_container_config(std::string_view text);

// containers/<id>/hostconfig.json: the first JSON value counts. Fails for no JSON and for what does not
// decode into dockerd's struct.
[[nodiscard]] Parsed<HostConfig> parse_host_config(std::string_view text);

// layerdb descriptor.json: any JSON object whose known fields have their types (mediaType string,
// size number, digest string, urls array of strings, annotations object of strings, platform object).
[[nodiscard]] Parsed<bool> parse_descriptor(std::string_view text);

// distribution/v2metadata-by-diffid: an array of objects; gives their SourceRepository values.
[[nodiscard]] Parsed<std::vector<std::string>> parse_v2metadata(std::string_view text);

// A value in _main/<record> of BuildKit's metadata_v2.db: {"value": any, "index": string}, decoded as a
// whole text (buildkit cache/metadata/metadata.go:Value).
struct CacheValue {
    std::string text;   // of "value", if that is one
    bool flag = false;  // likewise
};

[[nodiscard]] Parsed<CacheValue> parse_cache_value(std::string_view text);

}  // namespace drydock
