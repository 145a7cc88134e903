#include "model/plan.hpp"

#include "model/transactions.hpp"

namespace drydock {

std::string_view to_text(PlanAction action) {
    switch (action) {
    case PlanAction::write:
        return "write";
    case PlanAction::set_aside:
        return "set-aside";
    case PlanAction::remove:
        return "remove";
    }
    return {};
}

std::string_view to_text(TransactionState state) {
    switch (state) {
    case TransactionState::none:
        return "none";
    case TransactionState::interrupted:
        return "interrupted";
    case TransactionState::committed:
        return "committed";
    case TransactionState::rolled_back:
        return "rolled-back";
    }
    return {};
}

}  // namespace drydock
