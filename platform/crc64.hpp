// CRC-64 of ISO 3309 as Go's hash/crc64 computes it (crc64.ISO): reflected polynomial
// 0xD800000000000000, initial value and final XOR all ones. tar-split stores it big-endian for each
// file. Check value of "123456789": b90956c775a41001.
#pragma once

#include <cstddef>
#include <cstdint>

namespace drydock {

// Carries on from `crc`, the result for what came before (0 for nothing).
[[nodiscard]] std::uint64_t crc64_iso(std::uint64_t crc, const void* data, std::size_t size);

// The portable way that crc64_iso falls back to without PCLMULQDQ; for tests and other processors.
[[nodiscard]] std::uint64_t crc64_iso_table(std::uint64_t crc, const void* data, std::size_t size);

}  // namespace drydock
