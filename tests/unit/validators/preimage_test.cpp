#include "tests/unit/validators/store_model.hpp"
#include "validators/preimage.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

PreimageCandidates candidates(std::size_t parents, std::size_t diffs) {
    PreimageCandidates result;
    for (std::size_t i = 0; i < parents; ++i) {
        result.parents.emplace_back(digest_of("parent " + std::to_string(i)));
    }
    for (std::size_t i = 0; i < diffs; ++i) {
        result.diffs.push_back(diff_of(std::to_string(i)));
    }
    return result;
}

}  // namespace

TEST_CASE("either lost half of a chain id is found and proven") {
    const PreimageCandidates ids = candidates(5, 7);
    const ChainId chain = chain_id(ids.parents[3], ids.diffs[4]);
    const auto by_diff = find_preimages({{.chain = chain, .parent = {}, .diff = ids.diffs[4]}}, ids);
    REQUIRE(by_diff.contains(chain));
    CHECK(by_diff.at(chain).parent == ids.parents[3]);
    const auto by_parent = find_preimages({{.chain = chain, .parent = ids.parents[3], .diff = {}}}, ids);
    REQUIRE(by_parent.contains(chain));
    CHECK(by_parent.at(chain).diff == ids.diffs[4]);
    const auto by_neither = find_preimages({{.chain = chain, .parent = {}, .diff = {}}}, ids);
    REQUIRE(by_neither.contains(chain));
    CHECK(by_neither.at(chain).parent == ids.parents[3]);
    CHECK(by_neither.at(chain).diff == ids.diffs[4]);
}

TEST_CASE("a half that reads well and is wrong does not hide the right one") {
    const PreimageCandidates ids = candidates(5, 7);
    const ChainId chain = chain_id(ids.parents[3], ids.diffs[4]);
    const auto answers =
        find_preimages({{.chain = chain, .parent = ids.parents[0], .diff = ids.diffs[0]}}, ids);
    REQUIRE(answers.contains(chain));
    CHECK(answers.at(chain).diff == ids.diffs[4]);
}

TEST_CASE("a base layer is its own diff id") {
    const PreimageCandidates ids = candidates(2, 2);
    const ChainId base = chain_id(std::nullopt, ids.diffs[1]);
    for (const auto& diff : {std::optional<DiffId>(), std::optional(ids.diffs[1])}) {
        const auto answers = find_preimages({{.chain = base, .parent = ids.parents[0], .diff = diff}}, ids);
        REQUIRE(answers.contains(base));
        CHECK_FALSE(answers.at(base).parent.has_value());
    }
}

TEST_CASE("nothing is answered without a proof") {
    const PreimageCandidates ids = candidates(20, 20);
    const ChainId chain(digest_of("of unknown ids"));
    CHECK(find_preimages({{.chain = chain, .parent = {}, .diff = {}}}, ids).empty());
    CHECK(find_preimages({{.chain = chain, .parent = ids.parents[0], .diff = ids.diffs[0]}}, ids).empty());
    CHECK(find_preimages({}, ids).empty());
    CHECK(find_preimages({{.chain = chain, .parent = {}, .diff = {}}}, {}).empty());
}

TEST_CASE("the search gives up on more pairs than a second allows, and still tries the halves") {
    // 10,000 x 10,000 pairs would take minutes.
    const PreimageCandidates ids = candidates(10'000, 10'000);
    const ChainId found = chain_id(ids.parents[9'999], ids.diffs[9'998]);
    const ChainId given_up = chain_id(ids.parents[5], ids.diffs[9'999]);
    const auto answers = find_preimages(
        {{.chain = found, .parent = {}, .diff = ids.diffs[9'998]},
         {.chain = given_up, .parent = {}, .diff = {}}},
        ids
    );
    CHECK(answers.contains(found));
    CHECK_FALSE(answers.contains(given_up));
}

TEST_CASE("when the hashes are spent no pair is tried any more") {
    // Each query spends 100,000; the last ones come after the end.
    const PreimageCandidates ids = candidates(100'000, 200);
    std::vector<PreimageQuery> queries;
    for (std::size_t i = 0; i < kMaxPreimageHashes / 100'000 + 50; ++i) {
        queries.push_back(
            {.chain = ChainId(digest_of("lost " + std::to_string(i))),
             .parent = {},
             .diff = ids.diffs[i % 200]}
        );
    }
    const ChainId pair = chain_id(ids.parents[0], ids.diffs[0]);
    queries.push_back({.chain = pair, .parent = {}, .diff = {}});
    CHECK(find_preimages(queries, ids).empty());
}

}  // namespace drydock
