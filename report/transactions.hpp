// Transactions for `undo`: the list, what is about to be done, and what became of it; for people and as
// JSON.
#pragma once

#include "model/transactions.hpp"
#include "report/text_writer.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace drydock {

enum class UndoIntent : bool { take_back, forget };

struct UndoLeft {
    std::string path;  // from ROOT
    std::string reason;
};

struct UndoReport {
    std::string root;
    std::string transaction{};  // "" where none was taken back
    TransactionState state = TransactionState::none;
    std::vector<UndoLeft> conflicts{};
    std::vector<std::string> forgotten{};
    int exit_code = 0;
};

void write_transactions_text(
    const std::vector<RecordedTransaction>& transactions, std::ostream& out, const TextStyle& style
);
void write_transactions_json(
    const std::string& root, const std::vector<RecordedTransaction>& transactions, std::ostream& out
);
void write_undo_plan_text(
    const std::vector<RecordedTransaction>& transactions,
    UndoIntent intent,
    std::ostream& out,
    const TextStyle& style
);
void write_undo_text(const UndoReport& report, std::ostream& out, const TextStyle& style);
void write_undo_json(const UndoReport& report, std::ostream& out);

}  // namespace drydock
