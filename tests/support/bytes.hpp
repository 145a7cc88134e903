// Byte helpers of the test support: hashes, base64, gzip, JSON strings. Written apart from platform/
// and formats/ on purpose: what they produce is the yardstick that those are measured with, so a bug
// there must not be able to hide here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hex_sha256(std::string_view bytes);

// CRC-64 of ISO 3309 (Go's crc64.ISO), bit by bit.
[[nodiscard]] std::uint64_t plain_crc64(std::string_view bytes);

// The same as the eight bytes that tar-split stores, most significant first.
[[nodiscard]] std::string crc64_bytes(std::string_view bytes);

[[nodiscard]] std::string base64_text(std::string_view bytes);

// One gzip member with the header that Go's compress/gzip writes (no name, no time, OS 255).
[[nodiscard]] std::string gzip_bytes(std::string_view bytes);

// All members of a gzip file; throws std::runtime_error where it does not decode.
[[nodiscard]] std::string gunzip_bytes(std::string_view bytes);

// A JSON string with its quotes, escaped as Go's encoding/json does; `text` must be valid UTF-8.
[[nodiscard]] std::string go_json_string(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// Whole file contents; both throw std::runtime_error.
[[nodiscard]] std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, std::string_view bytes, unsigned mode);

}  // namespace drydock
