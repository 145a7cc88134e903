#include "platform/os_error.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/unit/validators/layer_folder.hpp"
#include "validators/layer_stream.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

using State = StreamResult::State;
using Problem = PayloadProblem::Kind;

std::string segment(const std::string& bytes) {
    return R"({"type":2,"payload":")" + base64_text(bytes) + "\",\"position\":0}\n";
}

std::string entry(const std::string& name, std::size_t size, const std::string& crc_of) {
    std::string line = R"({"type":1,"name":")" + name + '"';
    if (size > 0) {
        line +=
            ",\"size\":" + std::to_string(size) + ",\"payload\":\"" + base64_text(crc64_bytes(crc_of)) + '"';
    } else {
        line += ",\"payload\":null";
    }
    return line + ",\"position\":1}\n";
}

// The header block of one member, without its bytes.
std::string header_of(TarItem item) {
    item.dialect = TarDialect::ustar;
    return write_tar({item}).substr(0, 512);
}

StreamResult stream_text(const std::string& lines) {
    return LayerFolder::with_tar_split(gzip_bytes(lines)).stream();
}

}  // namespace

TEST_CASE("the tar comes together from its tar-split and its files") {
    for (const std::size_t zero_blocks : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{20}}) {
        TarOptions options;
        options.zero_blocks = zero_blocks;
        const LayerFolder layer(
            {tar_folder("d/"),
             tar_file("d/a", std::string(70'000, 'a')),
             tar_file("b", "bytes"),
             tar_hard_link("c", "b"),
             tar_file("empty", "")},
            options
        );
        const StreamResult result = layer.stream();
        CHECK(result.state == State::whole);
        CHECK(result.digest == layer.digest());
        CHECK(result.bytes_read == 70'005);
        CHECK(result.payload_total == 70'005);
        CHECK(result.entry_size_sum == 70'005);
        CHECK(result.problems.empty());
    }
    TarOptions garbage;
    garbage.trailing = std::string(5000, 'z');
    const LayerFolder trailing({tar_file("x", "y")}, garbage);
    CHECK(trailing.stream().digest == trailing.digest());
    const LayerFolder nothing({});
    CHECK(nothing.stream().digest == nothing.digest());
}

TEST_CASE("what is wrong with a payload is told apart") {
    const LayerFolder layer(
        {tar_file("changed", "abc"),
         tar_file("zeros", "abc"),
         tar_file("short", "abc"),
         tar_file("empty", "abc"),
         tar_file("gone", "abc"),
         tar_file("fifo", "abc"),
         tar_file("link", "abc"),
         tar_file("good", "abc")}
    );
    write_bytes(layer.path("changed"), "abd", 0644);
    write_bytes(layer.path("zeros"), std::string(3, '\0'), 0644);
    must(truncate(layer.path("short").c_str(), 2), "truncate");
    must(truncate(layer.path("empty").c_str(), 0), "truncate");
    for (const char* name : {"gone", "fifo", "link"}) {
        must(unlink(layer.path(name).c_str()), name);
    }
    must(mkfifo(layer.path("fifo").c_str(), 0644), "mkfifo");
    must(symlink("good", layer.path("link").c_str()), "symlink");
    ExpectedTree tree;
    const StreamResult result = layer.stream(tree);
    CHECK(result.state == State::whole);
    CHECK_FALSE(result.digest.has_value());
    REQUIRE(result.problems.size() == 7);
    const std::vector<Problem> kinds{
        Problem::changed,
        Problem::changed,
        Problem::changed,
        Problem::empty,
        Problem::missing,
        Problem::missing,
        Problem::missing
    };
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        CHECK(result.problems[i].kind == kinds[i]);
    }
    CHECK(tree.path(result.problems[0].node) == "changed");
    CHECK(result.problems[0].actual_crc == plain_crc64("abd"));
    CHECK_FALSE(result.problems[0].all_zero);
    CHECK(result.problems[1].all_zero);
    CHECK(result.problems[2].actual_size == 2);
}

TEST_CASE("the pass for the digest alone ends where the digest cannot come out right") {
    const LayerFolder layer({tar_file("a", "abc"), tar_file("b", "abc")});
    ExpectedTree sound;
    const StreamResult whole = layer.stream(sound, StreamPass::digest);
    CHECK(whole.state == State::whole);
    CHECK(whole.digest == layer.digest());
    // Bytes that differ are seen in the sum only.
    write_bytes(layer.path("a"), "abd", 0644);
    ExpectedTree other;
    CHECK(layer.stream(other, StreamPass::digest).digest != layer.digest());
    must(truncate(layer.path("a").c_str(), 0), "truncate");
    ExpectedTree broken;
    const StreamResult ended = layer.stream(broken, StreamPass::digest);
    CHECK(ended.state == State::broken_off);
    CHECK_FALSE(ended.digest.has_value());
}

TEST_CASE("a file that cannot be read, or reads differently twice, is no damage") {
    const LayerFolder layer({tar_file("a", "abc"), tar_file("b", "abc")});
    SECTION("an error of the medium") {
        // The tar-split is read in one piece and its end; then come the files.
        const StreamResult sound = layer.stream();
        REQUIRE(sound.problems.empty());
        std::size_t unreadable = 0;
        for (std::size_t nth = 1; nth < 12; ++nth) {
            FaultPlan plan;
            plan.only(SysCall::read).fail(nth, EIO);
            try {
                const StreamResult result = layer.stream();
                for (const PayloadProblem& problem : result.problems) {
                    CHECK(problem.kind == Problem::unreadable);
                    CHECK(problem.error == EIO);
                    ++unreadable;
                }
                CHECK(result.state == State::whole);
            } catch (const OsError& error) {
                CHECK(error.error() == EIO);  // in the tar-split itself: the caller's to tell
            }
        }
        CHECK(unreadable > 0);
    }
    SECTION("no permission") {
        FaultPlan plan;
        plan.only(SysCall::open_at).fail_from(1, EACCES);
        try {
            const StreamResult result = layer.stream();
            for (const PayloadProblem& problem : result.problems) {
                CHECK(problem.kind == Problem::unreadable);
            }
        } catch (const OsError& error) {
            CHECK(error.error() == EACCES);
        }
    }
}

TEST_CASE("a tar-split that does not decode is damaged") {
    const std::string good = header_of(tar_file("a", "abc"));
    const std::string end(1024 + 509, '\0');
    const std::string whole = segment(good) + entry("a", 3, "abc") + segment(end);
    CHECK(stream_text(whole).state == State::whole);
    const std::vector<std::pair<std::string, std::string>> bad{
        {"another name", segment(good) + entry("b", 3, "abc") + segment(end)},
        {"another size", segment(good) + entry("a", 4, "abcd") + segment(end)},
        {"no header", entry("a", 3, "abc") + segment(end)},
        {"half a header", segment(good.substr(0, 300)) + entry("a", 3, "abc") + segment(end)},
        {"no JSON", whole + "{"},
        {"no base64", R"({"type":2,"payload":"!","position":0})"},
        {"a negative size", R"({"type":1,"name":"a","size":-1,"payload":null,"position":0})"},
        {"bytes without a checksum",
         segment(good) + R"({"type":1,"name":"a","size":3,"payload":null,"position":1})" + segment(end)},
        {"a duplicate",
         segment(good) + entry("a", 3, "abc") + segment(std::string(509, '\0') + good) + entry("a", 3, "abc")
        },
        {"garbage after the last member",
         segment(good) + entry("a", 3, "abc") + segment(std::string(509, '\0') + std::string(512, 'x'))},
    };
    for (const auto& [what, lines] : bad) {
        INFO(what);
        const StreamResult result = stream_text(lines);
        CHECK(result.state == State::damaged);
        CHECK_FALSE(result.error.empty());
    }
    for (const std::string& bytes :
         {std::string(), std::string("no gzip"), gzip_bytes(whole).substr(0, 40), gzip_bytes(whole) + "x"}) {
        const StreamResult result = LayerFolder::with_tar_split(bytes).stream();
        CHECK(result.state == State::damaged);
    }
}

TEST_CASE("a member without bytes of its own is named and spoils nothing else") {
    SECTION("a hard link that claims a size is still proven") {
        TarItem link = tar_hard_link("b", "a");
        link.claimed_size = 3;
        link.dialect = TarDialect::ustar;
        const std::string tar = header_of(tar_file("a", "abc"));
        const std::string lines = segment(tar) + entry("a", 3, "abc") +
                                  segment(std::string(509, '\0') + header_of(link)) + entry("b", 3, "") +
                                  segment(std::string(1024, '\0'));
        const LayerFolder layer = LayerFolder::with_tar_split(gzip_bytes(lines));
        write_bytes(layer.path("a"), "abc", 0644);
        const StreamResult result = layer.stream();
        CHECK(result.state == State::whole);
        CHECK(result.digest.has_value());
        CHECK(result.oddities.size() == 1);
        CHECK_FALSE(result.oddity_changes_digest);
        CHECK(result.problems.empty());
    }
    SECTION("a whiteout with bytes") {
        const StreamResult result = stream_text(
            segment(header_of(tar_file(".wh.a", "abc"))) + entry(".wh.a", 3, "abc") +
            segment(std::string(1024 + 509, '\0'))
        );
        CHECK(result.state == State::whole);
        CHECK_FALSE(result.digest.has_value());
        CHECK(result.oddity_changes_digest);
        REQUIRE(result.oddities.size() == 1);
        CHECK(result.oddities.front().name == ".wh.a");
        CHECK(result.problems.empty());
    }
    SECTION("a path that no daemon could unpack") {
        const LayerFolder layer = LayerFolder::with_tar_split(gzip_bytes(
            segment(header_of(tar_file("a", ""))) + entry("a", 0, "") +
            segment(header_of(tar_file("a/b", "abc"))) + entry("a/b", 3, "abc") +
            segment(std::string(1024 + 509, '\0'))
        ));
        const StreamResult result = layer.stream();
        CHECK(result.state == State::whole);
        CHECK(result.oddity_changes_digest);
        CHECK_FALSE(result.oddities.empty());
    }
    SECTION("many of them are a bounded list") {
        std::string lines;
        for (int i = 0; i < 300; ++i) {
            const std::string name = ".wh." + std::to_string(i);
            lines += segment(std::string(i == 0 ? 0 : 509, '\0') + header_of(tar_file(name, "abc"))) +
                     entry(name, 3, "abc");
        }
        CHECK(stream_text(lines + segment(std::string(509, '\0'))).oddities.size() == 100);
    }
}

TEST_CASE("a stop ends the stream") {
    const LayerFolder layer({tar_file("a", std::string(1 << 20, 'a'))});
    std::stop_source stop;
    stop.request_stop();
    ExpectedTree tree;
    CHECK(layer.stream(tree, StreamPass::files, stop.get_token()).state == State::stopped);
}

TEST_CASE("a tar-split of blanks ends, and is too large rather than damaged") {
    // Concatenated members of 64 MiB each: a thousand times their compressed size.
    const std::string member = gzip_bytes(std::string(std::size_t{64} << 20U, ' '));
    std::string bomb;
    for (int i = 0; i < 1000; ++i) {
        bomb += member;
    }
    const LayerFolder layer = LayerFolder::with_tar_split(bomb);
    ExpectedTree tree;
    const StreamResult result = layer.stream(tree, StreamPass::files, {}, std::uint64_t{1} << 28U);
    CHECK(result.state == State::unreadable);
    CHECK(result.error_number == EFBIG);
}

TEST_CASE("an entry without an end is too large rather than damaged") {
    const std::string member = gzip_bytes(std::string(std::size_t{64} << 20U, 'A'));
    const StreamResult result =
        LayerFolder::with_tar_split(gzip_bytes(R"({"type":2,"payload":")") + member + member).stream();
    CHECK(result.state == State::unreadable);
    CHECK(result.error_number == EFBIG);
}

TEST_CASE("a header of endless extensions is refused") {
    TarItem item = tar_file("a", "");
    item.pax = {{"comment", std::string(20 << 20U, 'c')}};
    const std::string tar = write_tar({item});
    const StreamResult result = LayerFolder::with_tar_split(tar_split_file(tar)).stream();
    CHECK(result.state != State::whole);
}

TEST_CASE("headers alone build the tree without any file") {
    const LayerFolder layer({tar_folder("d/"), tar_file("d/a", "abc")});
    std::filesystem::remove_all(layer.path("d"));
    const ReadDir root = ReadDir::open_path(layer.path("") + "..");
    ExpectedTree tree;
    CHECK(replay_layer_headers(root.open_file("tar-split.json.gz"), tree, {}));
    CHECK(tree.find_child(tree.find_child(ExpectedTree::kRoot, "d"), "a") != kNone);
}

}  // namespace drydock
