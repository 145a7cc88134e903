// The result of a repair: the check before it, what was planned, what became of it, what is left.
#pragma once

#include "model/plan.hpp"
#include "model/run_report.hpp"
#include "model/transactions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace drydock {

struct RepairReport {
    RunReport check;
    Plan plan;
    std::string transaction;  // its id; "" where there was none
    TransactionState state = TransactionState::none;
    // nullopt: nothing was changed, and all that the check found is left.
    std::optional<std::vector<StoreReport>> remaining{};
    // The transaction that took what belongs to nobody and whose space was freed at once, so that it cannot
    // be undone; "" where there was none. It is also `transaction` where nothing else was to be done.
    std::string forgotten{};

    [[nodiscard]] const std::vector<StoreReport>& left() const {
        return remaining ? *remaining : check.stores;
    }
};

// As of a check for what is left; 1 where damage was corrected, 8 where a change was taken back or refused.
[[nodiscard]] int exit_code(const RepairReport& report);

enum class LossKind : bool { repull, lost };

// Images that are set aside or not usable after the command, once each, by id.
[[nodiscard]] std::vector<ImageLoss> losses_of(const RepairReport& report, LossKind kind);

}  // namespace drydock
