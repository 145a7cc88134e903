// The tar-split writer against the known answers of the format.
#include "tests/support/bytes.hpp"
#include "tests/support/images.hpp"
#include "tests/support/tar_split_writer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

namespace drydock {

namespace {

std::string decode_base64_by_search(const std::string& text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned have = 0;
    for (const char c : text.substr(0, text.find('='))) {
        bits = (bits << 6U) | static_cast<unsigned>(kDigits.find(c));
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += static_cast<char>((bits >> have) & 255U);
        }
    }
    return out;
}

// Puts the tar together again: segments as they are, payloads from the items in order.
std::string reassemble(const std::string& text, const std::vector<TarItem>& items) {
    std::istringstream lines(text);
    std::string out;
    std::size_t item = 0;
    for (std::string line; std::getline(lines, line);) {
        const nlohmann::json entry = nlohmann::json::parse(line);
        out +=
            entry.at("type") == 2 ? decode_base64_by_search(entry.at("payload")) : items.at(item++).content;
    }
    CHECK(item == items.size());
    return out;
}

}  // namespace

TEST_CASE("CRC-64 has its known check values") {
    CHECK(plain_crc64("123456789") == 0xb90956c775a41001U);
    CHECK(base64_text(crc64_bytes("hello")) == "PD7u4tgQAAA=");
    CHECK(plain_crc64("") == 0);
}

TEST_CASE("a tar with one file gives the entries that a daemon writes") {
    const std::string text = tar_split_text(write_tar({tar_file("a", "hello")}));
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].starts_with(R"({"type":2,"payload":"YQAA)"));
    CHECK(lines[1] == R"({"type":1,"name":"a","size":5,"payload":"PD7u4tgQAAA=","position":1})");
    CHECK(
        nlohmann::json::parse(lines[2]).at("payload").get<std::string>().size() ==
        std::size_t{507 + 1024 + 2} / 3 * 4
    );
    CHECK(lines[3] == R"({"type":2,"payload":"","position":3})");
}

TEST_CASE("names that are not UTF-8 go to name_raw and others are escaped as Go does") {
    TarItem raw = tar_file("caf\xE9", "");
    raw.dialect = TarDialect::gnu;
    CHECK(
        tar_split_text(write_tar({raw})).find(R"("name_raw":"Y2Fm6Q==","payload":null)") != std::string::npos
    );
    const std::string text = tar_split_text(write_tar({tar_file("na\xC3\xAFve<&>\n.txt", "")}));
    CHECK(text.find("\"name\":\"na\xC3\xAFve\\u003c\\u0026\\u003e\\n.txt\"") != std::string::npos);
}

TEST_CASE("segments and payloads put together are the tar again") {
    for (const ImageSet& set : {sample_images(), torture_images()}) {
        for (const SampleImage& image : set.images) {
            for (const LayerPtr& layer : image.layers) {
                const std::string text = tar_split_text(layer->tar);
                CHECK("sha256:" + hex_sha256(reassemble(text, layer->items)) == layer->diff);
                CHECK(gunzip_bytes(tar_split_file(layer->tar)) == text);
            }
        }
    }
}

TEST_CASE("tar-split.json.gz begins with the gzip header that Go writes") {
    CHECK(tar_split_file(write_tar({})).starts_with(std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10)));
}

}  // namespace drydock
