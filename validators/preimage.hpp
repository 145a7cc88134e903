// A chain id is a hash over (parent, diff): a lost half can be guessed and proven. The candidates are
// all ids that the store still knows.
#pragma once

#include "model/ids.hpp"

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

namespace drydock {

struct Preimage {
    std::optional<ChainId> parent;
    DiffId diff;
};

// One record whose name does not follow from its files. A half that was read well is tried first.
struct PreimageQuery {
    ChainId chain;
    std::optional<ChainId> parent;  // as read
    std::optional<DiffId> diff;     // as read
};

struct PreimageCandidates {
    std::vector<ChainId> parents;  // "none" is always tried
    std::vector<DiffId> diffs;
};

// Answers by chain id; a query without an answer is absent. Each answer was proven by hashing.
[[nodiscard]] std::unordered_map<ChainId, Preimage>
find_preimages(const std::vector<PreimageQuery>& queries, const PreimageCandidates& candidates);

// One or two seconds of one core. Beyond it only ids of intact image configs (which need no search) help.
inline constexpr std::size_t kMaxPreimageHashes = 2'000'000;

}  // namespace drydock
