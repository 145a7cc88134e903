// What earlier repairs left below ROOT/drydock, for commands that only look: whether one was interrupted,
// which directories the records that it set aside name, what all that occupies.
#pragma once

#include "model/inventory.hpp"
#include "model/transactions.hpp"
#include "platform/dir.hpp"
#include "scanner/scan.hpp"

#include <string>
#include <vector>

namespace drydock {

struct KeptTransactions {
    std::vector<RecordedTransaction> all;
    std::string unreadable;  // why ROOT/drydock cannot be read; "" where it can, or is not there
};

// Throws nothing for a folder that cannot be read or is not ours: that is told.
[[nodiscard]] KeptTransactions find_kept(const ReadDir& root);

// Of all of them: driver directories that nobody's orphans are.
[[nodiscard]] SetAside set_aside_of(const KeptTransactions& kept);

[[nodiscard]] bool any_interrupted(const KeptTransactions& kept);

// Lines for people; none where there is nothing to tell.
[[nodiscard]] std::vector<std::string>
describe_kept(const KeptTransactions& kept, const ReadDir& root, const std::vector<StoreLocation>& stores);

}  // namespace drydock
