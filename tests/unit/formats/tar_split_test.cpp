// The entry stream of tar-split.json.gz: both ways of reading, the borders of the buffer, hostile text.
#include "formats/base64.hpp"
#include "formats/tar_split.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace drydock;

namespace {

using Next = TarSplitReader::Next;
using Kind = TarSplitEntry::Kind;

struct Copy {
    Kind kind;
    std::string name;
    std::int64_t size;
    bool has_crc;
    std::uint64_t crc;
    std::string payload;

    bool operator==(const Copy&) const = default;
};

struct Outcome {
    std::vector<Copy> entries;
    Next last = Next::end;
    std::string error;
    bool limit_hit = false;
};

Outcome read_stream(std::string_view text, std::size_t chunk, bool fast, bool broken_source = false) {
    TarSplitReader reader(
        [&text, chunk, broken_source](std::span<char> out) -> std::ptrdiff_t {
            const std::size_t count = std::min({text.size(), out.size(), chunk});
            if (count == 0) {
                return broken_source ? -1 : 0;
            }
            std::memcpy(out.data(), text.data(), count);
            text.remove_prefix(count);
            return static_cast<std::ptrdiff_t>(count);
        },
        [] { return std::string("gzip: invalid checksum"); }
    );
    if (!fast) {
        reader.disable_fast_path();
    }
    Outcome outcome;
    TarSplitEntry entry;
    while ((outcome.last = reader.next(entry)) == Next::entry) {
        outcome.entries.push_back(
            {entry.kind,
             std::string(entry.name),
             entry.size,
             entry.has_crc,
             entry.crc,
             std::string(entry.payload)}
        );
    }
    outcome.error = reader.error();
    outcome.limit_hit = reader.limit_hit();
    return outcome;
}

// Read in several ways that must agree.
Outcome read_all(std::string_view text) {
    const auto outcome = read_stream(text, text.size() + 1, true);
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, text.size() + 1}) {
        for (const bool fast : {true, false}) {
            const auto other = read_stream(text, chunk, fast);
            CHECK(other.entries == outcome.entries);
            CHECK(other.last == outcome.last);
            CHECK(other.limit_hit == outcome.limit_hit);
        }
    }
    return outcome;
}

Copy only_entry(std::string_view text) {
    const auto outcome = read_all(text);
    INFO(text << ": " << outcome.error);
    REQUIRE(outcome.last == Next::end);
    REQUIRE(outcome.entries.size() == 1);
    return outcome.entries.front();
}

bool is_bad(std::string_view text) {
    return read_all(text).last == Next::bad;
}

}  // namespace

TEST_CASE("entries as Go writes them are read") {
    const auto outcome = read_all(
        "{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\n"
        "{\"type\":1,\"name\":\"etc/hosts\",\"size\":5,\"payload\":\"PD7u4tgQAAA=\",\"position\":1}\n"
        "{\"type\":1,\"name\":\"etc/\",\"payload\":null,\"position\":2}\n"
        "{\"type\":2,\"payload\":\"\",\"position\":3}\n"
    );
    REQUIRE(outcome.last == Next::end);
    REQUIRE(outcome.entries.size() == 4);
    CHECK(outcome.entries[0] == Copy{Kind::segment, "", 0, false, 0, "abc"});
    CHECK(outcome.entries[1] == Copy{Kind::file, "etc/hosts", 5, true, 0x3c3eeee2d8100000U, ""});
    CHECK(outcome.entries[2] == Copy{Kind::file, "etc/", 0, false, 0, ""});
    CHECK(outcome.entries[3] == Copy{Kind::segment, "", 0, false, 0, ""});
}

TEST_CASE("an empty stream ends at once, and stays at its end") {
    CHECK(read_all("").last == Next::end);
    CHECK(read_all(" \n\r\t ").last == Next::end);
    CHECK(read_all("").entries.empty());
}

TEST_CASE("entries need no line breaks and take any white space") {
    const std::string one = "{\"type\":2,\"payload\":\"YWJj\",\"position\":0}";
    CHECK(read_all(one + one + " \r\n\t" + one + "\n\n").entries.size() == 3);
    CHECK(read_all("{\n\"type\" : 2 ,\t\"payload\":\r\"YWJj\" }").entries.front().payload == "abc");
}

TEST_CASE("keys in another order and case, unknown keys and duplicates are read as Go does") {
    const auto entry = only_entry(R"({"x":{"type":7,"y":["}"]},"SIZE":3,"Name":"a","name":"b","TYPE":1})");
    CHECK(entry.kind == Kind::file);
    CHECK(entry.name == "b");
    CHECK(entry.size == 3);
    CHECK(only_entry(R"({"type":2,"payload":"YWJj","payload":null})").payload.empty());
    CHECK(only_entry(R"({"type":1,"name":"a","name":null,"size":4,"size":null})").name == "a");
}

TEST_CASE("escapes in names are decoded") {
    const auto name = [](const std::string& text) {
        return only_entry(R"({"type":1,"name":")" + text + R"(","payload":null,"position":0})").name;
    };
    CHECK(name(R"(na\u003c\u0026\u003e)") == "na<&>");
    CHECK(name("na\xc3\xafve") == "na\xc3\xafve");
    CHECK(name(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
    CHECK(name(R"(\u00e9\u2028\uD83D\uDE00)") == "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80");
    CHECK(name(R"(x\\)") == "x\\");
    CHECK(name(R"(\ud800)") == "\xef\xbf\xbd");
    CHECK(
        name(R"(\ud800\u0041)") == "\xef\xbf\xbd"
                                   "A"
    );
    CHECK(name(R"(\udc00)") == "\xef\xbf\xbd");
    CHECK(name("a\xff\xc3") == "a\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(name(R"(a\u0000b)") == std::string("a\0b", 3));
}

TEST_CASE("a raw name wins over the other one") {
    CHECK(only_entry(R"({"type":1,"name_raw":"/y94","payload":null,"position":0})").name == "\xff/x");
    CHECK(
        only_entry(R"({"type":1,"name":"a","name_raw":"/y94","payload":null,"position":0})").name == "\xff/x"
    );
    CHECK(only_entry(R"({"type":1,"name":"\u0061","name_raw":"","payload":null,"position":0})").name == "a");
    CHECK(only_entry(R"({"type":1,"name":"a","name_raw":null})").name == "a");
}

TEST_CASE("a file entry has a crc only if its payload has eight bytes") {
    CHECK_FALSE(only_entry(R"({"type":1,"size":5,"payload":"YWJj","position":0})").has_crc);
    CHECK_FALSE(only_entry(R"({"type":1,"size":5,"payload":null,"position":0})").has_crc);
    CHECK(only_entry(R"({"type":1,"size":5,"payload":"//////////8=","position":0})").crc == UINT64_MAX);
}

TEST_CASE("other types and null are entries that mean nothing") {
    CHECK(only_entry(R"({"type":3,"payload":null,"position":0})").kind == Kind::other);
    CHECK(only_entry(R"({"type":-1})").kind == Kind::other);
    CHECK(only_entry("{}").kind == Kind::other);
    CHECK(only_entry("null").kind == Kind::other);
    CHECK(only_entry(R"({"type":3,"name":"x","size":7,"payload":"YWJj","position":0})").payload.empty());
}

TEST_CASE("what Go does not decode is bad") {
    for (const std::string bad : {
             "x",
             "[]",
             "5",
             "\"a\"",
             "nul",
             "true",
             "}",
             "{]",
             "{\"type\":2,}",
             "{\"type\":}",
             "{\"type\":\"2\"}",
             "{\"type\":2.0}",
             "{\"type\":1e0}",
             "{\"type\":01,\"payload\":null,\"position\":0}",
             "{\"type\":2,\"payload\":5}",
             "{\"type\":2,\"payload\":\"YWJ\",\"position\":0}",
             "{\"type\":2,\"payload\":\"YW j\",\"position\":0}",
             "{\"type\":2,\"payload\":\"YWJj\",\"position\":\"0\"}",
             "{\"type\":2,\"payload\":\"YWJj\",\"position\":00}",
             "{\"type\":1,\"name\":5}",
             "{\"type\":1,\"name\":\"a\\x\",\"payload\":null,\"position\":0}",
             "{\"type\":1,\"name\":\"a\tb\",\"payload\":null,\"position\":0}",
             "{\"type\":1,\"name_raw\":\"Y\",\"payload\":null,\"position\":0}",
             "{\"type\":1,\"size\":9223372036854775808}",
             "{\"type\":3,\"payload\":\"!\"}",
             "{\"type\":2,\"payload\":\"YW\rJj\",\"position\":0}",
             "{\"type\":2,\"payload\":\"YW\nJj\",\"position\":0}",
         }) {
        CAPTURE(bad);
        CHECK(is_bad(bad));
    }
    CHECK(is_bad(std::string("\0", 1)));
}

TEST_CASE("line breaks in base64 count only where JSON can carry them") {
    CHECK(is_bad("{\"type\":2,\"payload\":\"YW\r\r\r\rJj\",\"position\":0}\n"));
    CHECK(only_entry(R"({"type":2,"payload":"YW\r\nJj","position":0})").payload == "abc");
}

TEST_CASE("a negative size is bad for a file") {
    CHECK(is_bad(R"({"type":1,"name":"a","size":-1,"payload":null,"position":0})"));
}

TEST_CASE("good entries before a bad one are given, and bad stays bad") {
    const auto outcome = read_all("{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\ngarbage");
    CHECK(outcome.entries.size() == 1);
    CHECK(outcome.last == Next::bad);
    CHECK_FALSE(outcome.error.empty());
    CHECK_FALSE(outcome.limit_hit);
}

TEST_CASE("a stream that is cut within an entry is told as such") {
    const std::string entry = "{\"type\":1,\"name\":\"a}\\\"\",\"payload\":null,\"position\":0}";
    for (std::size_t size = 1; size < entry.size(); ++size) {
        CAPTURE(size);
        const auto outcome = read_all(std::string_view(entry).substr(0, size));
        CHECK(outcome.last == Next::bad);
        CHECK(outcome.error == "unexpected EOF");
    }
}

TEST_CASE("a string that a control character ends is told before the stream is searched for its end") {
    const auto outcome = read_all("{\"type\":2,\"payload\":\"YWJj\n" + std::string(1000, 'x'));
    CHECK(outcome.last == Next::bad);
    CHECK(outcome.error == "a control character in a string");
}

TEST_CASE("a source that does not decode gives its own words") {
    const auto outcome =
        read_stream("{\"type\":2,\"payload\":\"YWJj\",\"position\":0}\n{\"ty", 10, true, true);
    CHECK(outcome.entries.size() == 1);
    CHECK(outcome.last == Next::bad);
    CHECK(outcome.error == "gzip: invalid checksum");
}

TEST_CASE("entries longer than the buffer's step are read whole") {
    std::string bytes(3'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(static_cast<unsigned char>(i * 31 >> 3U));
    }
    const std::string line = "{\"type\":2,\"payload\":\"" + encode_base64(bytes) + "\",\"position\":0}";
    for (const std::string between : {"\n", ""}) {
        const std::string text =
            line + between + line + between + "{\"type\":2,\"payload\":\"YWJj\",\"position\":2}";
        const auto outcome = read_stream(text, 100'000, true);
        REQUIRE(outcome.last == Next::end);
        REQUIRE(outcome.entries.size() == 3);
        CHECK(outcome.entries[0].payload == bytes);
        CHECK(outcome.entries[1].payload == bytes);
        CHECK(outcome.entries[2].payload == "abc");
    }
}

TEST_CASE("an entry beyond the limit is no damage but ends the reading") {
    std::size_t given = 0;
    TarSplitReader reader(
        [&given](std::span<char> out) -> std::ptrdiff_t {
            std::memset(out.data(), 'A', out.size());
            if (given == 0) {
                std::memcpy(out.data(), "{\"type\":2,\"payload\":\"", 21);
            }
            given += out.size();
            return static_cast<std::ptrdiff_t>(out.size());
        },
        [] { return std::string(); }
    );
    TarSplitEntry entry;
    CHECK(reader.next(entry) == Next::bad);
    CHECK(reader.limit_hit());
    CHECK(given <= TarSplitReader::kMaxEntryBytes + (1U << 20U));
    CHECK(reader.next(entry) == Next::bad);
}

TEST_CASE("many entries in a row survive the borders of the buffer") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
        text += "{\"type\":1,\"name\":\"dir/file-" + std::to_string(i) +
                "\\u0026\",\"size\":" + std::to_string(i + 1) +
                ",\"payload\":\"PD7u4tgQAAA=\",\"position\":" + std::to_string(i) + "}\n";
    }
    const auto outcome = read_stream(text, 65'537, true);
    REQUIRE(outcome.last == Next::end);
    REQUIRE(outcome.entries.size() == 20'000);
    for (std::size_t i = 0; i < outcome.entries.size(); ++i) {
        REQUIRE(outcome.entries[i].name == "dir/file-" + std::to_string(i) + "&");
        REQUIRE(outcome.entries[i].size == static_cast<std::int64_t>(i + 1));
    }
}

TEST_CASE("deep nesting inside an entry is refused without recursion") {
    const auto nested = [](std::size_t depth) {
        return "{\"type\":3,\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK(read_stream(nested(9'999), 1 << 20U, true).last == Next::end);
    CHECK(read_stream(nested(1'000'000), 1 << 20U, true).last == Next::bad);
}
