#include "report/transactions.hpp"

#include "report/safe_text.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace drydock {

namespace {

constexpr std::size_t kShown = 10;

void write_steps(const RecordedTransaction& transaction, TextWriter& text) {
    const std::size_t all = transaction.steps.size();
    const std::size_t most = text.style().verbose ? all : std::min(all, kShown);
    for (std::size_t i = 0; i < most; ++i) {
        const RecordedStep& step = transaction.steps[i];
        text.paragraph(2, 4, step.action + ' ' + step.code + ' ' + terminal_text(step.path));
    }
    if (most < all) text.line(2, "... and " + std::to_string(all - most) + " more; --verbose lists all");
}

void write_transaction(const RecordedTransaction& transaction, TextWriter& text) {
    std::string state(to_text(transaction.state));
    if (!transaction.damaged.empty()) state = "its journal cannot be trusted: " + transaction.damaged;
    text.paragraph(
        0,
        2,
        transaction.id + "  " + terminal_text(transaction.command) + ", " +
            count_of(transaction.steps.size(), "step") + ", " + terminal_text(state),
        Paint::strong
    );
    if (!text.style().quiet) write_steps(transaction, text);
}

}  // namespace

void write_transactions_text(
    const std::vector<RecordedTransaction>& transactions, std::ostream& out, const TextStyle& style
) {
    TextWriter text(out, style);
    if (transactions.empty()) text.line(0, "There is no transaction that could be taken back.");
    for (const RecordedTransaction& transaction : transactions) {
        write_transaction(transaction, text);
    }
}

void write_undo_plan_text(
    const std::vector<RecordedTransaction>& transactions,
    UndoIntent intent,
    std::ostream& out,
    const TextStyle& style
) {
    if (style.quiet) return;
    TextWriter text(out, style);
    text.line(0, intent == UndoIntent::forget ? "To be freed, for good:" : "To be taken back:");
    for (const RecordedTransaction& transaction : transactions) {
        write_transaction(transaction, text);
    }
}

void write_undo_text(const UndoReport& report, std::ostream& out, const TextStyle& style) {
    TextWriter text(out, style);
    for (const std::string& id : report.forgotten) {
        text.line(0, "Transaction " + id + " is forgotten.");
    }
    if (report.state == TransactionState::committed) {
        text.paragraph(
            0,
            2,
            "Transaction " + report.transaction +
                (report.conflicts.empty() ? " is taken back." : " is taken back in part.")
        );
    } else if (report.forgotten.empty()) {
        text.line(0, "Nothing was changed.");
    }
    if (report.conflicts.empty()) return;
    text.line(0, "Not as the transaction had left it:", Paint::strong);
    for (const UndoLeft& left : report.conflicts) {
        text.paragraph(2, 4, terminal_text(left.path) + ": " + terminal_text(left.reason));
    }
    if (report.state != TransactionState::committed) {
        text.paragraph(0, 2, "--partial takes back the rest.");
    }
}

}  // namespace drydock
