// Gunzip against the behaviour of Go's compress/gzip, byte by byte where it differs from zlib's own.
#include "platform/gunzip.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>

namespace drydock {

namespace {

using Status = Gunzip::Status;

std::string little_endian(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i, value >>= 8U) {
        text += static_cast<char>(value & 0xFFU);
    }
    return text;
}

std::string deflate_raw(const std::string& data) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string input = data;
    std::string out(deflateBound(&stream, data.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::uint32_t crc(const std::string& data) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size()))
    );
}

// Ten bytes as Go's writer makes them, with `flags`.
std::string header(unsigned char flags = 0) {
    std::string bytes("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    bytes[3] = static_cast<char>(flags);
    return bytes;
}

std::string body(const std::string& data) {
    return deflate_raw(data) + little_endian(crc(data), 4) +
           little_endian(static_cast<std::uint32_t>(data.size()), 4);
}

std::string member(const std::string& data) {
    return header() + body(data);
}

struct Outcome {
    std::string data;
    std::string error;
    bool ended = false;
};

Outcome
unpack(const std::string& bytes, std::size_t input_piece = 1U << 16U, std::size_t output_piece = 4096) {
    std::size_t at = 0;
    Gunzip gunzip([&](void* buffer, std::size_t size) {
        const std::size_t count = std::min({size, input_piece, bytes.size() - at});
        std::memcpy(buffer, bytes.data() + at, count);
        at += count;
        return count;
    });
    Outcome outcome;
    std::string buffer(output_piece, '\0');
    while (true) {
        const Gunzip::Result result = gunzip.read(buffer);
        outcome.data.append(buffer, 0, result.produced);
        if (result.status == Status::ok) {
            REQUIRE(result.produced == buffer.size());
            continue;
        }
        outcome.ended = result.status == Status::end;
        outcome.error = gunzip.error();
        REQUIRE(gunzip.total_out() == outcome.data.size());
        REQUIRE(gunzip.read(buffer).status == result.status);
        return outcome;
    }
}

std::string some_text(std::size_t size) {
    std::mt19937 random(7);
    std::string text;
    while (text.size() < size) {
        text += "{\"name\":\"file" + std::to_string(random() % 100'000) + "\"}\n";
    }
    return text;
}

}  // namespace

TEST_CASE("A gzip file unpacks whatever the sizes of its pieces", "[platform]") {
    const std::string text = some_text(100'000);
    const std::string bytes = member(text);
    for (const std::size_t input : {1U, 7U, 65'536U}) {
        for (const std::size_t output : {1U, 1000U, 1'000'000U}) {
            CAPTURE(input, output);
            const Outcome outcome = unpack(bytes, input, output);
            CHECK(outcome.ended);
            CHECK(outcome.data == text);
        }
    }
}

TEST_CASE("Members that follow each other are one stream", "[platform]") {
    const std::string text = some_text(5000);
    const Outcome outcome = unpack(member(text) + member("") + member("end"));
    CHECK(outcome.ended);
    CHECK(outcome.data == text + "end");
}

TEST_CASE("An empty file is no gzip file, one of an empty member is", "[platform]") {
    CHECK(unpack("").error == "EOF");
    CHECK_FALSE(unpack("").ended);
    CHECK(unpack(member("")).ended);
}

TEST_CASE("A file cut anywhere ends unexpectedly", "[platform]") {
    std::string bytes = header(0x1E) + little_endian(3, 2) + "abc" + "name" + '\0' + "comment" + '\0';
    bytes += little_endian(crc(bytes) & 0xFFFFU, 2) + body(some_text(300));
    REQUIRE(unpack(bytes).ended);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        CAPTURE(size);
        const Outcome outcome = unpack(bytes.substr(0, size));
        CHECK_FALSE(outcome.ended);
        CHECK(outcome.error == "unexpected EOF");
    }
}

TEST_CASE("What follows the last member must be a member", "[platform]") {
    const std::string good = member("data");
    CHECK(unpack(good + std::string(512, '\0')).error == "gzip: invalid header");
    CHECK(unpack(good + "trailing garbage").error == "gzip: invalid header");
    // Fewer bytes than a header: Go's reader wants all ten before it looks at them.
    CHECK(unpack(good + std::string(3, '\0')).error == "unexpected EOF");
    CHECK(unpack(good + good.substr(0, 15)).error == "unexpected EOF");
    CHECK(unpack(good + "trailing garbage").data == "data");
}

TEST_CASE("A header that is none is refused", "[platform]") {
    const std::string rest = member("data").substr(10);
    CHECK(unpack("{\"type\":2,\"payload\":\"\"}").error == "gzip: invalid header");
    CHECK(unpack(std::string("\x1f\x8b\x07\0\0\0\0\0\0\xff", 10) + rest).error == "gzip: invalid header");
    CHECK(unpack(header(2) + std::string(2, '\0') + rest).error == "gzip: invalid header");
    CHECK(unpack(header(8) + std::string(512, 'n') + '\0' + rest).error == "gzip: invalid header");
    CHECK(unpack(header(8) + std::string(511, 'n') + '\0' + rest).ended);
}

TEST_CASE("Reserved flag bits and the text flag do not matter", "[platform]") {
    CHECK(unpack(header(0xE1) + member("data").substr(10)).data == "data");
}

TEST_CASE("A trailer that does not fit is an invalid checksum", "[platform]") {
    std::string bytes = member("data");
    for (std::size_t back = 1; back <= 8; ++back) {
        std::string changed = bytes;
        changed[changed.size() - back] = static_cast<char>(changed[changed.size() - back] ^ 1);
        CHECK(unpack(changed).error == "gzip: invalid checksum");
    }
}

TEST_CASE("Deflate data that is none is corrupt", "[platform]") {
    CHECK(unpack(header() + "\x07").error == "flate: corrupt input");
    const std::string far_back("\x4b\x04\x22\x00", 4);  // a distance before the beginning of the data
    CHECK_FALSE(unpack(header() + far_back).ended);
}

TEST_CASE("Flipping any bit of a file never ends well with other data", "[platform]") {
    const std::string text = some_text(2000);
    const std::string bytes = member(text);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        const Outcome outcome = unpack(changed);
        if (outcome.ended) CHECK(outcome.data == text);
    }
}

TEST_CASE("A failing source is passed on", "[platform]") {
    Gunzip gunzip([](void*, std::size_t) -> std::size_t { throw std::runtime_error("medium"); });
    std::string buffer(10, '\0');
    CHECK_THROWS_WITH(gunzip.read(buffer), "medium");
}

}  // namespace drydock
