// Edit distance with neighbouring letters swapped counted as one mistake (optimal string alignment).
#include "cli/nearest.hpp"

#include <algorithm>
#include <cstddef>

namespace drydock {

namespace {

// Nobody mistypes a word of this length; it bounds the work for a hostile argument.
constexpr std::size_t kLongestWord = 64;

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        cost[i][0] = i;
    }
    for (std::size_t j = 0; j <= b.size(); ++j) {
        cost[0][j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view typed, const std::vector<std::string_view>& candidates) {
    if (typed.empty() || typed.size() > kLongestWord) {
        return {};
    }
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const bool begun = typed.size() >= 2 && candidate.starts_with(typed);
        const std::size_t far = begun ? 1 : distance(typed, candidate);
        if (far < best_distance) {
            best = candidate;
            best_distance = far;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& candidates) {
    const std::string_view word = nearest(typed, candidates);
    return word.empty() ? std::string() : "; did you mean " + std::string(word) + "?";
}

}  // namespace drydock
