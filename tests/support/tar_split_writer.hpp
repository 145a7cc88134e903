// Makes the contents of tar-split.json.gz from a layer's tar, as dockerd 20.10 does: segments of raw
// bytes, and an entry with name, size and CRC-64 for each member. It reads well-formed tars only and
// has a decoder of its own, so that it can judge the one in formats/. Format and entry order:
// github.com/vbatts/tar-split 0.11.2, tar/asm/disassemble.go and tar/storage/entry.go.
#pragma once

#include <string>
#include <string_view>

namespace drydock {

// The JSON lines. Throws std::runtime_error for a tar it does not understand.
[[nodiscard]] std::string tar_split_text(std::string_view tar);

// The same, compressed.
[[nodiscard]] std::string tar_split_file(std::string_view tar);

}  // namespace drydock
