// See bytes.hpp. Definitions: ISO 3309 (CRC), RFC 1952 (gzip), Go encoding/json (string escapes).
#include "tests/support/bytes.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace drydock {

std::string hex_sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), value.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("sha256 failed");
    }
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += kDigits[value[i] >> 4U];
        hex += kDigits[value[i] & 15U];
    }
    return hex;
}

std::uint64_t plain_crc64(std::string_view bytes) {
    static constexpr std::uint64_t kPolynomial = 0xD800000000000000U;
    std::uint64_t crc = ~std::uint64_t{0};
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 1U) != 0 ? (crc >> 1U) ^ kPolynomial : crc >> 1U;
        }
    }
    return ~crc;
}

std::string crc64_bytes(std::string_view bytes) {
    const std::uint64_t crc = plain_crc64(bytes);
    std::string out;
    for (unsigned i = 0; i < 8; ++i) {
        out += static_cast<char>((crc >> (56U - 8U * i)) & 255U);
    }
    return out;
}

std::string base64_text(std::string_view bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8U) | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= have ? kDigits[(group >> (18U - 6U * k)) & 63U] : '=';
        }
    }
    return out;
}

std::string gzip_bytes(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("deflateInit2 failed");
    }
    gz_header header{};
    header.os = 255;
    deflateSetHeader(&stream, &header);
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    std::string input(bytes);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) {
        throw std::runtime_error("deflate failed");
    }
    return out;
}

std::string gunzip_bytes(std::string_view bytes) {
    std::string input(bytes);
    std::string out;
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) {
        throw std::runtime_error("inflateInit2 failed");
    }
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    std::array<char, 65536> chunk{};
    int result = Z_OK;
    while (result == Z_OK || (result == Z_STREAM_END && stream.avail_in > 0)) {
        if (result == Z_STREAM_END) {
            inflateReset(&stream);
        }
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        result = inflate(&stream, Z_NO_FLUSH);
        out.append(chunk.data(), chunk.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (result != Z_STREAM_END) {
        throw std::runtime_error("gzip stream does not decode");
    }
    return out;
}

namespace {

// The length that the first byte of a UTF-8 sequence tells, 0 for a byte that begins none.
std::size_t utf8_length_by_first(unsigned first) {
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2) {
        return 0;
    }
    if (first < 0xE0) {
        return 2;
    }
    if (first < 0xF0) {
        return 3;
    }
    return first < 0xF5 ? 4 : 0;
}

// The length of the UTF-8 sequence that begins at `at`, 0 where there is none (as Go's utf8 package:
// no surrogates, no overlong forms, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(at);
    const std::size_t size = utf8_length_by_first(first);
    if (size == 0 || at + size > text.size()) {
        return 0;
    }
    std::uint32_t point = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) {
            return 0;
        }
        point = (point << 6U) | (byte(at + i) & 0x3FU);
    }
    const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    return overlong || surrogate || point > 0x10FFFF ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8_length(text, at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

std::string go_json_string(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
            std::array<char, 8> escape{};
            static_cast<void>(
                std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte))
            );
            out += escape.data();
        } else if (text.substr(at, 3) == "\xE2\x80\xA8" || text.substr(at, 3) == "\xE2\x80\xA9") {
            out += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            at += 2;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string read_bytes(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        throw std::runtime_error("cannot open " + path);
    }
    std::string out;
    std::array<char, 65536> chunk{};
    ssize_t n = 0;
    while ((n = read(fd, chunk.data(), chunk.size())) > 0) {
        out.append(chunk.data(), static_cast<std::size_t>(n));
    }
    close(fd);
    if (n < 0) {
        throw std::runtime_error("cannot read " + path);
    }
    return out;
}

void write_bytes(const std::string& path, std::string_view bytes, unsigned mode) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        throw std::runtime_error("cannot create " + path);
    }
    bool good = fchmod(fd, mode) == 0;
    while (good && !bytes.empty()) {
        const ssize_t n = write(fd, bytes.data(), bytes.size());
        good = n > 0;
        bytes.remove_prefix(good ? static_cast<std::size_t>(n) : 0);
    }
    close(fd);
    if (!good) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace drydock
