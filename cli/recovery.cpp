#include "cli/recovery.hpp"

#include "cli/kept_transactions.hpp"
#include "cli/repair_run.hpp"
#include "repair/locks.hpp"

#include <iostream>

namespace drydock {

void end_interrupted(const ReadDir& root, const std::vector<StoreLocation>& stores) {
    if (!any_interrupted(find_kept(root))) return;
    const StoreLocks locks(root, stores);
    for (const Outcome& outcome : Transactions(root, tops_of(stores)).recover()) {
        std::cerr << "drydock: transaction " << outcome.id << " was interrupted and is now "
                  << (outcome.state == TransactionState::committed ? "finished" : "taken back") << '\n';
    }
}

}  // namespace drydock
