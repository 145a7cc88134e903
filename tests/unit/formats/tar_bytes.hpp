// Tar headers made by hand for the tests of the header decoder: every field as raw bytes, so that wrong
// ones can be written as well.
#pragma once

#include "formats/tar_header.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <string>

namespace drydock {

inline constexpr std::size_t kBlock = 512;

struct Header {
    std::string name = "a";
    std::string size = "00000000000";
    char type = '0';
    std::string mode = "0000644";
    std::string uid = "0000000";
    std::string gid = "0000000";
    std::string mtime = "14524662400";
    std::string link{};
    std::string magic = std::string(
        "ustar\0"
        "00",
        8
    );
    std::string major{};
    std::string minor{};
    std::string prefix{};
    std::string trailer{};
    int checksum_off_by = 0;
    bool signed_checksum = false;
};

inline std::string block(const Header& header) {
    std::string out(kBlock, '\0');
    const auto put = [&](std::size_t at, const std::string& field) { out.replace(at, field.size(), field); };
    put(0, header.name);
    put(100, header.mode);
    put(108, header.uid);
    put(116, header.gid);
    put(124, header.size);
    put(136, header.mtime);
    out[156] = header.type;
    put(157, header.link);
    put(257, header.magic);
    put(329, header.major);
    put(337, header.minor);
    put(345, header.prefix);
    put(508, header.trailer);
    put(148, "        ");
    int sum = header.checksum_off_by;
    for (const char c : out) {
        sum += header.signed_checksum ? static_cast<int>(static_cast<signed char>(c))
                                      : static_cast<int>(static_cast<unsigned char>(c));
    }
    char text[16];
    static_cast<void>(std::snprintf(text, sizeof text, "%06o", static_cast<unsigned>(sum)));
    put(148, std::string(text, 6) + '\0');
    return out;
}

inline std::string octal(std::size_t value) {
    char text[32];
    static_cast<void>(std::snprintf(text, sizeof text, "%011zo", value));
    return text;
}

inline std::string padded(std::string bytes) {
    bytes.resize((bytes.size() + kBlock - 1) / kBlock * kBlock, '\0');
    return bytes;
}

inline std::string record(const std::string& key, const std::string& value) {
    std::size_t length = key.size() + value.size() + 3;
    while (std::to_string(length).size() + key.size() + value.size() + 3 != length) {
        ++length;
    }
    return std::to_string(length) + ' ' + key + '=' + value + '\n';
}

inline std::string extension(char type, const std::string& payload) {
    Header header;
    header.name = "ext";
    header.type = type;
    header.size = octal(payload.size());
    return block(header) + padded(payload);
}

inline std::string pax(const std::string& records) {
    return extension('x', records);
}

inline Parsed<TarMember> decode(const std::string& bytes, std::int64_t entry_size = 0) {
    TarHeaderDecoder decoder;
    decoder.feed(bytes);
    return decoder.take(entry_size);
}

inline TarMember member(const std::string& bytes, std::int64_t entry_size = 0) {
    const auto parsed = decode(bytes, entry_size);
    INFO((parsed ? "" : parsed.error().what));
    REQUIRE(parsed);
    return *parsed;
}

inline bool ends_well(const std::string& bytes) {
    TarHeaderDecoder decoder;
    decoder.feed(bytes);
    return decoder.good_end();
}

inline const std::string kZeroBlock(kBlock, '\0');

}  // namespace drydock
