// The transactions that ROOT/drydock holds, as its journals tell them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drydock {

enum class TransactionState : std::uint8_t {
    none,         // there was nothing to do
    interrupted,  // was not ended: the next command that may write ends it
    committed,
    rolled_back,
};

[[nodiscard]] std::string_view to_text(TransactionState state);  // "rolled-back"

// One step, for `undo --list`.
struct RecordedStep {
    std::string action;  // as to_text(PlanAction)
    std::string code;
    std::string path;  // from ROOT
};

struct RecordedTransaction {
    std::string id;       // "20261201T023701Z-1f3a": time (UTC) and four hexadecimal digits; sorts by time
    std::string command;  // "repair", "undo"
    TransactionState state = TransactionState::interrupted;
    std::vector<RecordedStep> steps;
    // Driver directories that set-aside records name: nobody's orphans as long as the transaction is kept.
    std::vector<std::string> keeps;
    std::string damaged;  // why the journal cannot be trusted; "" where it can
};

}  // namespace drydock
