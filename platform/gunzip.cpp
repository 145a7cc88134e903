// The member header and trailer are read here, as Go's compress/gzip reads them, because zlib's own gzip
// mode differs: it refuses reserved flag bits and takes anything behind the last member for its end.
#include "platform/gunzip.hpp"

#include "platform/os_error.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <ranges>

namespace drydock {

namespace {

constexpr std::size_t kInputBytes = std::size_t{64} << 10U;
constexpr std::size_t kHeaderBytes = 10;
// Go's reader has room for 511 characters and a NUL, and calls more than that an invalid header.
constexpr int kMaxTextBytes = 512;

constexpr const char* kEmptyInput = "EOF";
constexpr const char* kCut = "unexpected EOF";
constexpr const char* kBadHeader = "gzip: invalid header";
constexpr const char* kBadChecksum = "gzip: invalid checksum";
constexpr const char* kCorrupt = "flate: corrupt input";

constexpr unsigned kFlagHeaderSum = 1U << 1U;
constexpr unsigned kFlagExtra = 1U << 2U;
constexpr unsigned kFlagName = 1U << 3U;
constexpr unsigned kFlagComment = 1U << 4U;

std::uint32_t little_endian(std::span<const unsigned char> bytes) {
    std::uint32_t value = 0;
    for (const unsigned char byte : std::views::reverse(bytes)) {
        value = (value << 8U) | byte;
    }
    return value;
}

}  // namespace

void Gunzip::Free::operator()(z_stream_s* stream) const noexcept {
    inflateEnd(stream);
    delete stream;  // NOLINT(cppcoreguidelines-owning-memory): the deleter of a unique_ptr
}

Gunzip::Gunzip(Source source)
    : source_(std::move(source)),
      stream_(new z_stream_s{}),
      input_(std::make_unique_for_overwrite<unsigned char[]>(kInputBytes)) {
    if (inflateInit2(stream_.get(), -MAX_WBITS) != Z_OK) throw OsError(ENOMEM, "inflate", "gzip data");
}

Gunzip::~Gunzip() = default;

Gunzip::Result Gunzip::fail(const char* why, std::size_t produced) {
    error_ = why;
    return {.status = Status::bad, .produced = produced};
}

// False at the end of the input.
bool Gunzip::refill() {
    if (stream_->avail_in == 0 && !input_ended_) {
        const std::size_t got = source_(input_.get(), kInputBytes);
        stream_->next_in = input_.get();
        stream_->avail_in = static_cast<uInt>(got);
        input_ended_ = got == 0;
    }
    return stream_->avail_in > 0;
}

// -1 at the end of the input.
int Gunzip::next_byte() {
    if (!refill()) return -1;
    --stream_->avail_in;
    return *stream_->next_in++;
}

// Header bytes, which the header's own sum covers.
bool Gunzip::take(std::span<unsigned char> bytes) {
    for (unsigned char& target : bytes) {
        const int byte = next_byte();
        if (byte < 0) return false;
        target = static_cast<unsigned char>(byte);
        sum_ = static_cast<std::uint32_t>(crc32(sum_, &target, 1));
    }
    return true;
}

const char* Gunzip::read_header() {
    if (!refill()) return kEmptyInput;
    std::array<unsigned char, kHeaderBytes> header{};
    sum_ = 0;
    if (!take(header)) return kCut;
    if (header[0] != 0x1F || header[1] != 0x8B || header[2] != Z_DEFLATED) return kBadHeader;
    if (const char* why = skip_optional_fields(header[3]); why != nullptr) return why;
    inflateReset(stream_.get());
    sum_ = 0;
    member_size_ = 0;
    return nullptr;
}

const char* Gunzip::skip_optional_fields(unsigned flags) {
    std::array<unsigned char, 2> pair{};
    if ((flags & kFlagExtra) != 0) {
        if (!take(pair)) return kCut;
        for (std::uint32_t left = little_endian(pair); left > 0; --left) {
            if (!take(std::span(pair).first(1))) return kCut;
        }
    }
    for (const unsigned flag : {kFlagName, kFlagComment}) {
        if ((flags & flag) == 0) continue;
        if (const char* why = skip_text(); why != nullptr) return why;
    }
    if ((flags & kFlagHeaderSum) != 0) {
        const std::uint32_t sum = sum_ & 0xFFFFU;
        if (!take(pair)) return kCut;
        if (little_endian(pair) != sum) return kBadHeader;
    }
    return nullptr;
}

const char* Gunzip::skip_text() {
    std::array<unsigned char, 1> byte{};
    for (int i = 0; i < kMaxTextBytes; ++i) {
        if (!take(byte)) return kCut;
        if (byte[0] == 0) return nullptr;
    }
    return kBadHeader;
}

const char* Gunzip::read_trailer() {
    const std::uint32_t sum = sum_;
    std::array<unsigned char, 8> trailer{};
    if (!take(trailer)) return kCut;
    const std::span<const unsigned char> bytes(trailer);
    const bool right = little_endian(bytes.first(4)) == sum && little_endian(bytes.last(4)) == member_size_;
    return right ? nullptr : kBadChecksum;
}

// Adds to `produced` what one step gives; leaves the member at its end.
const char* Gunzip::inflate_into(std::span<char> out, std::size_t& produced) {
    // Without input too: the last step may have stopped for want of room.
    const bool more_input = refill();
    const std::size_t room = std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max());
    auto* const target = reinterpret_cast<Bytef*>(out.data());
    stream_->next_out = target;
    stream_->avail_out = static_cast<uInt>(room);
    const int outcome = inflate(stream_.get(), Z_NO_FLUSH);
    const std::size_t got = room - stream_->avail_out;
    sum_ = static_cast<std::uint32_t>(crc32_z(sum_, target, got));
    member_size_ += static_cast<std::uint32_t>(got);
    total_out_ += got;
    produced += got;
    switch (outcome) {
    case Z_OK:
        return nullptr;
    case Z_STREAM_END:
        in_member_ = false;
        return read_trailer();
    case Z_BUF_ERROR:
        return more_input ? nullptr : kCut;
    case Z_MEM_ERROR:
        throw OsError(ENOMEM, "inflate", "gzip data");
    default:
        return kCorrupt;
    }
}

Gunzip::Result Gunzip::read(std::span<char> out) {
    if (!error_.empty()) return {.status = Status::bad, .produced = 0};
    std::size_t produced = 0;
    while (!ended_ && produced < out.size()) {
        const char* why = nullptr;
        if (in_member_) {
            why = inflate_into(out.subspan(produced), produced);
        } else if (any_member_ && !refill()) {
            ended_ = true;
        } else {
            why = read_header();
            any_member_ = true;
            in_member_ = why == nullptr;
        }
        if (why != nullptr) return fail(why, produced);
    }
    return {.status = ended_ ? Status::end : Status::ok, .produced = produced};
}

}  // namespace drydock
