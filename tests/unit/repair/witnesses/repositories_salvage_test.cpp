// Tags out of what is left of a repositories.json, and the file that is made of them.
#include "formats/documents.hpp"
#include "repair/witnesses/repositories_salvage.hpp"
#include "repair/witnesses/repositories_text.hpp"
#include "tests/unit/repair/planning_model.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace drydock {

using namespace test;

namespace {

const std::string kOne = "sha256:" + std::string(64, '1');
const std::string kTwo = "sha256:" + std::string(64, '2');

TagTable table_of(const Repositories& repositories) {
    TagTable table;
    for (const TagRecord& tag : repositories.tags) {
        table[tag.repository][tag.reference] = tag.image_text;
    }
    return table;
}

std::vector<std::string> references(const std::vector<TagRecord>& tags) {
    std::vector<std::string> result;
    for (const TagRecord& tag : tags) {
        result.push_back(tag.reference + " " + tag.image->text());
    }
    return result;
}

}  // namespace

TEST_CASE("the text is the one that dockerd writes") {
    CHECK(repositories_text({}) == R"({"Repositories":{}})");
    CHECK(
        repositories_text({{"b", {{"b:2", kTwo}, {"b:1", kOne}}}, {"a", {{"a:1", kOne}}}, {"none", {}}}) ==
        R"({"Repositories":{"a":{"a:1":")" + kOne + R"("},"b":{"b:1":")" + kOne + R"(","b:2":")" + kTwo +
            R"("}}})"
    );
    CHECK(
        repositories_text({{"<&>", {{"\"\\\n\x01\xe2\x80\xa8", "x"}}}}) ==
        R"({"Repositories":{"\u003c\u0026\u003e":{"\"\\\n\u0001\u2028":"x"}}})"
    );
}

TEST_CASE("a text that was written is read as it was meant") {
    const TagTable table{
        {"demo/web", {{"demo/web:1", kOne}, {"demo/web@" + kTwo, kTwo}}},
        {"<odd>\n\"\\\x7f\t\xc3\xa4\xe2\x80\xa9", {{"\x1f/:", "no digest"}}},
    };
    const auto parsed = parse_repositories(repositories_text(table));
    REQUIRE(parsed);
    CHECK(table_of(*parsed) == table);
}

TEST_CASE("whole pairs are taken out of a text that is cut, and nothing else") {
    const std::string whole =
        repositories_text({{"demo/web", {{"demo/web:1", kOne}, {"demo/web:2", kTwo}}}, {"x", {{"x:1", kOne}}}}
        );
    CHECK(references(salvage_pairs(whole)).size() == 3);
    CHECK(
        references(salvage_pairs(whole.substr(0, whole.size() - 8))) ==
        std::vector<std::string>{"demo/web:1 " + kOne, "demo/web:2 " + kTwo}
    );
    CHECK(
        references(salvage_pairs(std::string(40, '\0') + whole.substr(40))) ==
        std::vector<std::string>{"demo/web:2 " + kTwo, "x:1 " + kOne}
    );
}

TEST_CASE("malformed references and those with two images are no tags") {
    CHECK(salvage_pairs(R"("Bad Name:1":")" + kOne + '"').empty());
    CHECK(salvage_pairs(R"("a:1":"sha256:12")").empty());
    CHECK(salvage_pairs(R"("a:1":")" + kOne + R"(","a:1":")" + kTwo + '"').empty());
    CHECK(references(salvage_pairs(R"({"a:1" : ")" + kOne + '"')) == std::vector<std::string>{"a:1 " + kOne});
}

TEST_CASE("hostile bytes give no more than the pairs in them") {
    std::mt19937 random(7);
    const std::string pieces[] = {"\"", "\\", ":", "a:1", kOne, " ", "{", std::string(1, '\0'), "\xff"};
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        while (text.size() < 300) {
            text += pieces[random() % std::size(pieces)];
        }
        for (const TagRecord& tag : salvage_pairs(text)) {
            CHECK(tag.well_formed);
            CHECK(tag.image_text == kOne);
        }
    }
    CHECK(salvage_pairs(std::string(1U << 20U, '"')).empty());
    CHECK(salvage_pairs(std::string(1U << 20U, '\\')).empty());
}

TEST_CASE("containers tell the tags that they were made from where they agree") {
    SampleModel store;
    ContainerConfig& first = store.container(store.first).config.value;
    first.image_name = "docker.io/library/web";
    CHECK(
        references(salvage_tags(store.inventory, "").tags) ==
        std::vector<std::string>{"web:latest " + store.web.text()}
    );
    store.container(store.second).config.value.image_name = "web:latest";
    CHECK(salvage_tags(store.inventory, "").tags.empty());
    first.image_name = store.web.text();
    store.container(store.second).config.value.image_name = store.api.hex().substr(0, 12);
    CHECK(salvage_tags(store.inventory, "").tags.empty());
}

TEST_CASE("the file's own word goes before that of a container") {
    SampleModel store;
    store.container(store.first).config.value.image_name = "web:1";
    const std::string text = R"("web:1":")" + store.api.text() + R"(","gone:1":")" + kOne + '"';
    const SalvagedTags salvaged = salvage_tags(store.inventory, text);
    CHECK(references(salvaged.tags) == std::vector<std::string>{"web:1 " + store.api.text()});
    CHECK(salvaged.witness == "1 tags that are whole in the file");
}

}  // namespace drydock
