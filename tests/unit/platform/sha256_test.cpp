#include "model/ids.hpp"
#include "platform/sha256.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace drydock {

TEST_CASE("SHA-256 gives the values of FIPS 180-4", "[platform]") {
    CHECK(Digest(sha256("")).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(Digest(sha256("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(
        Digest(sha256(std::string(1'000'000, 'a'))).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

TEST_CASE("A hash in pieces is the hash of the whole, and a reset one begins anew", "[platform]") {
    const std::string text = "The quick brown fox jumps over the lazy dog";
    Sha256 hash;
    for (int round = 0; round < 2; ++round) {
        for (const char c : text) {
            hash.update(&c, 1);
        }
        CHECK(hash.finish() == sha256(text));
        hash.reset();
    }
    hash.update("left over", 9);
    hash.reset();
    CHECK(hash.finish() == sha256(""));
}

TEST_CASE("Threads hash apart from each other", "[platform]") {
    const std::string text(5000, 't');
    const Sha256Value expected = sha256(text);
    std::vector<Sha256Value> results(8);
    {
        std::vector<std::jthread> threads;
        for (Sha256Value& result : results) {
            threads.emplace_back([&] { result = sha256(text); });
        }
    }
    for (const Sha256Value& result : results) {
        CHECK(result == expected);
    }
}

}  // namespace drydock
