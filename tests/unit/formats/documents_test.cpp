// The JSON documents of a store with the leniency of Go's decoder: what it takes must be taken, and what
// it refuses must not.
#include "formats/documents.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace drydock;

namespace {

const std::string kDigest = "sha256:" + std::string(64, '7');

ImageConfig image(std::string_view text) {
    const auto config = parse_image_config(text);
    REQUIRE(config);
    return *config;
}

std::string unusable(std::string_view text) {
    return image(text).unusable;
}

TagRecord only_tag(const std::string& repository, const std::string& reference) {
    const auto parsed = parse_repositories(
        R"({"Repositories":{")" + repository + R"(":{")" + reference + R"(":")" + kDigest + R"("}}})"
    );
    REQUIRE(parsed);
    REQUIRE(parsed->tags.size() == 1);
    return parsed->tags.front();
}

bool well_formed(const std::string& repository, const std::string& rest) {
    return only_tag(repository, repository + rest).well_formed;
}

}  // namespace

TEST_CASE("an image config gives its os and diff ids") {
    const auto config = image(
        R"({"os":"linux","created":"2026-11-23T03:28:31.011849167Z","config":{"Env":["A=b"]},"container_config":{},)"
        R"("history":[{"created":"2026-11-23T03:28:31Z","created_by":"x","empty_layer":true}],"Size":5,)"
        R"("rootfs":{"type":"layers","diff_ids":["sha256:a","sha256:b"]},"moby.buildkit.cache.v0":[1,2]})"
    );
    CHECK(config.unusable.empty());
    CHECK(config.has_rootfs);
    CHECK(config.os == "linux");
    CHECK(config.diff_ids == std::vector<std::string>{"sha256:a", "sha256:b"});
}

TEST_CASE("a rootfs that is absent or null is none") {
    CHECK_FALSE(image("{}").has_rootfs);
    CHECK_FALSE(image("null").has_rootfs);
    CHECK_FALSE(image(R"({"rootfs":null})").has_rootfs);
    CHECK_FALSE(image(R"({"rootfs":{"diff_ids":["a"]},"rootfs":null})").has_rootfs);
    CHECK(image(R"({"rootfs":{"diff_ids":["a"]},"rootfs":null})").diff_ids.empty());
    CHECK(image(R"({"rootfs":{}})").has_rootfs);
}

TEST_CASE("keys of an image config match without regard to case and the last one wins") {
    const auto config = image(R"({"OS":"a","os":"b","Os":"c","RootFS":{"Diff_IDs":["x"]}})");
    CHECK(config.os == "c");
    CHECK(config.diff_ids == std::vector<std::string>{"x"});
    CHECK(image("{\"o\xc5\xbf\":\"folded\"}").os == "folded");
    CHECK(image(R"({"os.version":"1","osx":"no"})").os.empty());
}

TEST_CASE("null is the same as absent where Go takes it for that") {
    CHECK(unusable(
              R"({"created":null,"config":null,"container_config":null,"history":null,"os":null,"Size":null,)"
              R"("os.features":null,"rootfs":{"type":null,"diff_ids":null}})"
    )
              .empty());
    CHECK(image(R"({"rootfs":{"diff_ids":[null,"a"]}})").diff_ids == std::vector<std::string>{"", "a"});
    CHECK(unusable(R"({"history":[null,{"created":null,"empty_layer":null}]})").empty());
}

TEST_CASE("a value of the wrong type makes an image config unusable and says which") {
    CHECK(unusable(R"({"config":"x","rootfs":{}})") == "config is a string, not an object");
    CHECK(unusable(R"({"created":"yesterday"})") == "created is another string, not an RFC 3339 time");
    CHECK(unusable(R"({"created":5})") == "created is a number, not an RFC 3339 time");
    CHECK(unusable(R"({"rootfs":[]})") == "rootfs is an array, not an object");
    CHECK(unusable(R"({"rootfs":{"diff_ids":"x"}})") == "diff_ids is a string, not an array");
    CHECK(unusable(R"({"rootfs":{"diff_ids":[1]}})") == "a diff id is a number, not a string");
    CHECK(unusable(R"({"history":[{"empty_layer":"yes"}]})") == "empty_layer is a string, not true or false");
    CHECK(unusable(R"({"os":true})") == "os is a boolean, not a string");
    CHECK_FALSE(unusable(R"({"Size":1.5})").empty());
    CHECK_FALSE(unusable(R"({"Size":1e3})").empty());
    CHECK_FALSE(unusable(R"({"Size":9223372036854775808})").empty());
    CHECK_FALSE(unusable("[]").empty());
    CHECK_FALSE(unusable("\"x\"").empty());
    CHECK_FALSE(unusable("5").empty());
    CHECK_FALSE(unusable(R"({"os.features":["a",{}]})").empty());
}

TEST_CASE("what stands after a value of the wrong type is still read") {
    const auto config = image(R"({"config":[{"os":"inner"}],"os":"linux","rootfs":{"diff_ids":["a"]}})");
    CHECK(config.os == "linux");
    CHECK(config.diff_ids.size() == 1);
}

TEST_CASE("the inside of config and of unknown fields is not looked into") {
    CHECK(unusable(R"({"config":{"Env":5,"os":7},"new":{"rootfs":1},"rootfs":{"extra":[[{}]]}})").empty());
    CHECK(image(R"({"config":{"os":"inner"},"os":"outer","x":{"os":"deep"}})").os == "outer");
}

TEST_CASE("a text that is no JSON fails and says where") {
    CHECK(parse_image_config("").error().what == "unexpected end of JSON input");
    CHECK(parse_image_config(R"({"os":"li)").error().what == "unexpected end of JSON input");
    CHECK(parse_image_config(R"({"os":"linux"} x)").error().offset == 15);
    for (const std::string bad :
         {"{",
          "}",
          "{]",
          "{\"a\":1,}",
          "[1,]",
          "{'a':1}",
          "{\"a\":01}",
          "{\"a\":+1}",
          "{\"a\":.5}",
          "{\"a\":1.}",
          "{\"a\":NaN}",
          "{a:1}",
          "nul",
          "{} {}",
          "/* */{}",
          "{\"a\":\"\t\"}",
          "{\"a\":\"\\x\"}",
          "{\"a\":\"\\u12g4\"}",
          "\xef\xbb\xbf{}"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_image_config(bad));
    }
    CHECK_FALSE(parse_image_config(std::string("{}\0", 3)));
    CHECK_FALSE(parse_image_config(std::string("{\"a\":\0}", 7)));
    CHECK_FALSE(parse_image_config(std::string(100, '\0')));
}

TEST_CASE("white space after an image config is fine") {
    CHECK(image("\r\n\t {\"os\":\"linux\"} \n").os == "linux");
}

TEST_CASE("invalid UTF-8 and lone surrogates become the replacement character") {
    CHECK(
        image("{\"os\":\"a\xff"
              "b\"}")
            .os == "a\xef\xbf\xbd"
                   "b"
    );
    CHECK(image("{\"os\":\"\xed\xa0\x80\"}").os == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(image("{\"os\":\"\xc0\xaf\xf5\"}").os == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(image("{\"os\":\"\xe2\x82\"}").os == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(image(R"({"os":"\ud800"})").os == "\xef\xbf\xbd");
    CHECK(image(R"({"os":"\udc00x"})").os == "\xef\xbf\xbdx");
    CHECK(
        image(R"({"os":"\ud800A"})").os == "\xef\xbf\xbd"
                                           "A"
    );
    CHECK(image(R"({"os":"\ud800\ud83d\ude00"})").os == "\xef\xbf\xbd\xf0\x9f\x98\x80");
    CHECK(image(R"({"os":"\ud83d\ude00"})").os == "\xf0\x9f\x98\x80");
    CHECK(image("{\"os\":\"\\\\ud800\xff\"}").os == "\\ud800\xef\xbf\xbd");
}

TEST_CASE("a number beyond a double is fine where nobody reads it") {
    CHECK(image(R"({"x":1e999,"y":[-1.5E+999],"os":"linux"})").os == "linux");
    CHECK_FALSE(parse_image_config(R"({"x":1e999,})"));
    CHECK_FALSE(parse_image_config(R"({"x":1e})"));
}

TEST_CASE("nesting is taken up to 10,000 and refused beyond, without recursion") {
    const auto nested = [](std::size_t depth) {
        return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK(parse_image_config(nested(9'999)));
    CHECK(parse_image_config(nested(10'000)).error().what == "nested deeper than 10,000");
    CHECK_FALSE(parse_image_config(nested(3'000'000)));
    CHECK_FALSE(parse_image_config(std::string(3'000'000, '[')));
}

TEST_CASE("more diff ids than any chain can have are not kept") {
    std::string text = R"({"rootfs":{"diff_ids":[null)";
    for (int i = 0; i < 100'000; ++i) {
        text += ",null";
    }
    const auto config = image(text + "]}}");
    CHECK(config.diff_ids.size() == 4096);
    CHECK_FALSE(config.unusable.empty());
}

TEST_CASE("repositories.json gives one record a reference, in order") {
    const auto parsed = parse_repositories(
        R"({"Repositories":{"b":{"b:2":")" + kDigest + R"(","b:1":")" + kDigest + R"("},"a":{"a:1":"x"}}})"
    );
    REQUIRE(parsed);
    REQUIRE(parsed->tags.size() == 3);
    CHECK(parsed->tags[0].reference == "a:1");
    CHECK(parsed->tags[0].image_text == "x");
    CHECK_FALSE(parsed->tags[0].image);
    CHECK_FALSE(parsed->tags[0].well_formed);
    CHECK(parsed->tags[1].reference == "b:1");
    CHECK(parsed->tags[1].repository == "b");
    CHECK(parsed->tags[1].image->text() == kDigest);
    CHECK(parsed->tags[1].well_formed);
    CHECK(parsed->tags[2].reference == "b:2");
}

TEST_CASE("only a document with a Repositories object is a repositories.json") {
    CHECK(parse_repositories(R"({"Repositories":{}})")->tags.empty());
    CHECK(parse_repositories(R"({"repositories":{"a":null}} trailing)")->tags.empty());
    CHECK(parse_repositories(R"({"Repositories":{}})" + std::string("\0\xff", 2)));
    for (const std::string bad :
         {"",
          "null",
          "{}",
          "[]",
          "5",
          R"({"Repositories":null})",
          R"({"Repositories":[]})",
          R"({"Repositories":{"a":[]}})",
          R"({"Repositories":{"a":{"a:1":5}}})",
          R"({"Repositories":{"a":{"a:1":{}}}})",
          R"({"Repositories":{})",
          R"({"Repositories":{},"Repositories":null})"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_repositories(bad));
    }
}

TEST_CASE("duplicate keys in repositories.json merge as in Go") {
    const auto outer =
        parse_repositories(R"({"Repositories":{"a":{"a:1":"x"}},"Repositories":{"b":{"b:1":"y"}}})");
    REQUIRE(outer);
    CHECK(outer->tags.size() == 2);
    const auto inner = parse_repositories(R"({"Repositories":{"a":{"a:1":"x","a:2":"z"},"a":{"a:1":"y"}}})");
    REQUIRE(inner);
    REQUIRE(inner->tags.size() == 1);
    CHECK(inner->tags[0].image_text == "y");
    const auto revived =
        parse_repositories(R"({"Repositories":{"a":{}},"Repositories":null,"Repositories":{"b":{"b:1":"y"}}})"
        );
    REQUIRE(revived);
    CHECK(revived->tags.size() == 1);
    CHECK(parse_repositories(R"({"Repositories":{"a":{"a:1":"x","a:1":null}}})")->tags[0].image_text.empty());
}

TEST_CASE("references in the grammar of docker are well-formed") {
    for (const std::string name :
         {"t",
          "busybox",
          "a/b/c",
          "a.b_c__d-e--f",
          "localhost/r",
          "localhost:5599/r",
          "example.com:5000/foo/bar",
          "EXAMPLE.com/foo",
          "Upper/foo",
          "[::1]:5000/a",
          "1.2.3.4/x"}) {
        CAPTURE(name);
        CHECK(well_formed(name, ":1"));
        CHECK(well_formed(name, "@" + kDigest));
    }
    CHECK(well_formed("a", ":" + std::string(128, 'T')));
    CHECK(well_formed("a", ":_x.-Y"));
    CHECK(well_formed(std::string(255, 'a'), ":1"));
}

TEST_CASE("references outside the grammar of docker are malformed") {
    for (const std::string name : {"",         "Upper",    "a//b",    "/a",  "a/",  "a b",      "a.",
                                   ".a",       "a..b",     "a___b",   "-a",  "a-",  "foo/Bar",  "a.com:x/b",
                                   "a.com:/b", "a..com/b", "[::g]/a", "a:b", "a@b", "\xc3\xa9", "a\\nb"}) {
        CAPTURE(name);
        CHECK_FALSE(well_formed(name, ":1"));
    }
    for (const std::string rest :
         {"", ":", ":-x", ":.x", ":a/b", ":a b", "@", "@sha256:12", "@sha512:1", ":\xc3\xa9"}) {
        CAPTURE(rest);
        CHECK_FALSE(well_formed("a", rest));
    }
    CHECK_FALSE(well_formed("a", ":" + std::string(129, 'T')));
    CHECK_FALSE(well_formed(std::string(256, 'a'), ":1"));
    CHECK_FALSE(well_formed("a", ":1@" + kDigest));
    CHECK_FALSE(only_tag("a", "b:1").well_formed);
}

TEST_CASE("a reference by digest is told from a tag") {
    CHECK(only_tag("a", "a@" + kDigest).is_digest);
    CHECK_FALSE(only_tag("a", "a:sha256").is_digest);
    CHECK_FALSE(only_tag("a", "a@sha256:1").is_digest);
}

TEST_CASE("a descriptor needs the types of its fields") {
    CHECK(parse_descriptor("{}"));
    CHECK(parse_descriptor(
        R"({"mediaType":"m","size":5,"digest":"d","urls":["a",null],"annotations":{"a":"b"},"platform":{"os":"w"},"x":1})"
    ));
    for (const std::string bad :
         {"",
          "[]",
          "{} x",
          R"({"size":"5"})",
          R"({"size":1.5})",
          R"({"urls":"a"})",
          R"({"urls":[1]})",
          R"({"annotations":{"a":1}})",
          R"({"platform":"linux"})",
          R"({"mediaType":1})"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_descriptor(bad));
    }
}

TEST_CASE("v2 metadata gives its source repositories") {
    const auto parsed = parse_v2metadata(
        R"([{"Digest":"sha256:a","SourceRepository":"docker.io/library/busybox","HMAC":""},{"Digest":"x"},null])"
    );
    REQUIRE(parsed);
    CHECK(*parsed == std::vector<std::string>{"docker.io/library/busybox"});
    CHECK(parse_v2metadata("[]")->empty());
    for (const std::string bad :
         {"", "{}", "[1]", R"([{"Digest":1}])", "[] x", R"([{"SourceRepository":{}}])"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_v2metadata(bad));
    }
}
