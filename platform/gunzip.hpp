// Streaming inflate of a gzip file with one or more members, as Go's compress/gzip reads it: nothing
// but members may follow the last one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

struct z_stream_s;  // NOLINT(readability-identifier-naming): the name is zlib's

namespace drydock {

class Gunzip {
public:
    // Returns bytes of compressed input, 0 at its end; may throw.
    using Source = std::function<std::size_t(void* buffer, std::size_t size)>;

    enum class Status : std::uint8_t { ok, end, bad };

    explicit Gunzip(Source source);
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    // Fills `out` as far as the stream goes. `end`: the stream ended well, `produced` may still be
    // > 0. `bad`: it does not decode; error() has the words of Go's reader ("unexpected EOF",
    // "gzip: invalid header", "gzip: invalid checksum", "EOF" for an empty file).
    struct Result {
        Status status;
        std::size_t produced;
    };

    [[nodiscard]] Result read(std::span<char> out);

    [[nodiscard]] const std::string& error() const noexcept { return error_; }

    [[nodiscard]] std::uint64_t total_out() const noexcept { return total_out_; }

private:
    Result fail(const char* why, std::size_t produced);
    bool refill();
    int next_byte();
    bool take(std::span<unsigned char> bytes);
    // Each of these gives nullptr, or the words of the failure.
    const char* read_header();
    const char* skip_optional_fields(unsigned flags);
    const char* skip_text();
    const char* read_trailer();
    const char* inflate_into(std::span<char> out, std::size_t& produced);

    Source source_;

    struct Free {
        void operator()(z_stream_s* stream) const noexcept;
    };

    std::unique_ptr<z_stream_s, Free> stream_;
    std::unique_ptr<unsigned char[]> input_;
    std::string error_;
    std::uint64_t total_out_ = 0;
    std::uint32_t sum_ = 0;          // CRC-32 of the header, then of the data
    std::uint32_t member_size_ = 0;  // its length, modulo 2^32 as the trailer has it
    bool in_member_ = false;
    bool any_member_ = false;
    bool input_ended_ = false;
    bool ended_ = false;
};

}  // namespace drydock
