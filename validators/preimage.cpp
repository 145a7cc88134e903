#include "validators/preimage.hpp"

#include <algorithm>
#include <unordered_set>

namespace drydock {

namespace {

class Search {
public:
    explicit Search(const PreimageCandidates& candidates) : candidates_(candidates) {}

    // With one half known the search is linear, so it comes first.
    void by_halves(const PreimageQuery& query) {
        if (query.diff) {
            try_pair(query.chain, std::nullopt, *query.diff);
            for (const ChainId& parent : candidates_.parents) {
                if (done(query.chain)) return;
                try_pair(query.chain, parent, *query.diff);
            }
        }
        if (query.parent) {
            for (const DiffId& diff : candidates_.diffs) {
                if (done(query.chain)) return;
                try_pair(query.chain, query.parent, diff);
            }
        }
    }

    // All pairs once, for all queries that are still open.
    void by_pairs(std::unordered_set<ChainId> open) {
        for (const DiffId& diff : candidates_.diffs) {
            const ChainId base(diff);
            if (open.erase(base) > 0) {
                found_.emplace(base, Preimage{.parent = std::nullopt, .diff = diff});
            }
        }
        const std::size_t left = kMaxPreimageHashes - std::min(spent_, kMaxPreimageHashes);
        if (!candidates_.diffs.empty() && candidates_.parents.size() > left / candidates_.diffs.size())
            return;
        for (const ChainId& parent : candidates_.parents) {
            for (const DiffId& diff : candidates_.diffs) {
                if (open.empty()) return;
                const ChainId chain = chain_id(parent, diff);
                if (open.erase(chain) > 0) {
                    found_.emplace(chain, Preimage{.parent = parent, .diff = diff});
                }
            }
        }
    }

    [[nodiscard]] bool done(const ChainId& chain) const {
        return found_.contains(chain) || spent_ >= kMaxPreimageHashes;
    }

    [[nodiscard]] std::unordered_map<ChainId, Preimage> take() { return std::move(found_); }

private:
    void try_pair(const ChainId& chain, const std::optional<ChainId>& parent, const DiffId& diff) {
        ++spent_;
        if (chain_id(parent, diff) == chain) {
            found_.emplace(chain, Preimage{.parent = parent, .diff = diff});
        }
    }

    const PreimageCandidates& candidates_;
    std::unordered_map<ChainId, Preimage> found_;
    std::size_t spent_ = 0;
};

}  // namespace

std::unordered_map<ChainId, Preimage>
find_preimages(const std::vector<PreimageQuery>& queries, const PreimageCandidates& candidates) {
    Search search(candidates);
    std::unordered_set<ChainId> open;
    for (const PreimageQuery& query : queries) {
        search.by_halves(query);
        if (!search.done(query.chain)) {
            open.insert(query.chain);
        }
    }
    if (!open.empty()) {
        search.by_pairs(std::move(open));
    }
    return search.take();
}

}  // namespace drydock
