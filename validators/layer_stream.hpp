// One layer's tar, reassembled from its tar-split and its files and hashed, while its headers build the
// expected tree. Each file is opened once, in stream order, and read through one buffer. What does not
// fit is noted as data; whether it is damage is decided when the whole tree is known.
#pragma once

#include "model/ids.hpp"
#include "model/progress.hpp"
#include "platform/dir.hpp"
#include "platform/sha256.hpp"
#include "validators/attributes.hpp"
#include "validators/expected_tree.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace drydock {

// Why the payload of one member is not what the tar holds.
struct PayloadProblem {
    enum class Kind : std::uint8_t {
        missing,     // not there, or no regular file
        empty,       // no bytes at all
        changed,     // another size or other bytes
        unreadable,  // the environment failed, or two readings differ
    };

    Kind kind = Kind::missing;
    NodeId node = kNone;
    std::uint64_t actual_size = 0;
    std::uint64_t actual_crc = 0;  // changed, with the right size
    int error = 0;                 // unreadable
    bool all_zero = false;         // changed, with the right size: nothing but NUL bytes
};

// Constructs with which a sound layer can never be reassembled by dockerd, named for the report.
struct Oddity {
    std::string what;
    std::string name;  // of the member
};

struct StreamResult {
    enum class State : std::uint8_t {
        whole,       // the stream was read to its end
        damaged,     // tar-split does not decode
        unreadable,  // it could not be read
        stopped,
        broken_off,  // StreamPass::digest only: a payload is not to be had, so there is no digest
    };

    State state = State::whole;
    std::string error;                  // damaged, unreadable: what
    int error_number = 0;               // unreadable
    std::optional<DiffId> digest;       // of the whole tar; absent where a payload was not to be had
    std::uint64_t bytes_read = 0;       // of files
    std::uint64_t payload_total = 0;    // bytes the files should have
    std::uint64_t entry_size_sum = 0;   // of all file entries: what BuildKit writes into `size`
    std::uint64_t header_size_sum = 0;  // of all headers: what drivers without a diff of their own write
    std::vector<PayloadProblem> problems;
    std::vector<Oddity> oddities;
    bool oddity_changes_digest = false;  // the digest cannot come out right even where every file is
};

// Buffers and hash contexts of one worker, reused from layer to layer.
struct StreamBuffers {
    StreamBuffers();

    Sha256 hash;
    std::vector<char> file;
};

enum class StreamPass : std::uint8_t {
    digest,  // hash the whole; ends early where it cannot come out right. All that a sound layer needs
    files,   // compare each file with its CRC-64 too, to find the ones that are wrong
};

// Decompressed: some 800 bytes a member, so more than any layer's. A bomb ends here after some ten seconds.
inline constexpr std::uint64_t kMaxTarSplitBytes = std::uint64_t{6} << 30U;

struct StreamRun {
    StreamBuffers& buffers;
    ProgressCounters& progress;
    std::stop_token stop;
    IdShift ids;
    std::uint64_t max_tar_split_bytes = kMaxTarSplitBytes;  // less in tests only
};

// Reads `tar_split` to its end and fills `tree`. `files` is the layer's own directory (overlay2:
// <cache-id>/diff).
[[nodiscard]] StreamResult read_layer_stream(
    const ReadFile& tar_split, const ReadDir& files, ExpectedTree& tree, StreamPass pass, const StreamRun& run
);

// The headers alone, as one more layer on top of `tree`; no file is read. False where the tar-split does
// not tell them all.
[[nodiscard]] bool
replay_layer_headers(const ReadFile& tar_split, ExpectedTree& tree, const std::stop_token& stop);

}  // namespace drydock
