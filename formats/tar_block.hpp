// One 512-byte header block of a tar stream, decoded by the rules of Go's archive/tar (format.go,
// strconv.go, reader.go:readHeader). No field of the block is trusted beyond its own width. For
// tar_header only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock {

inline constexpr std::size_t kTarBlockBytes = 512;

struct TarBlock {
    std::string name;  // with the prefix, where the format has one
    std::string link_name;
    char type = '\0';
    std::int64_t mode = 0;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t size = 0;
    std::int64_t mtime = 0;
    std::int64_t device_major = 0;
    std::int64_t device_minor = 0;
    bool gnu = false;  // magic and version of GNU tar
};

// `block` has kTarBlockBytes. Nothing for a wrong checksum or a field that is no number.
[[nodiscard]] std::optional<TarBlock> parse_tar_block(std::string_view block);

[[nodiscard]] bool is_zero_block(std::string_view block);

// Bytes up to the next block.
[[nodiscard]] constexpr std::size_t tar_padding(std::uint64_t payload) noexcept {
    return (kTarBlockBytes - payload % kTarBlockBytes) % kTarBlockBytes;
}

// strconv.ParseInt(text, 10, 64).
[[nodiscard]] std::optional<std::int64_t> parse_go_int(std::string_view text);

}  // namespace drydock
