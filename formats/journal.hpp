// The journal of a transaction, ROOT/drydock/<id>/journal: our own format, version 1. Records are only ever
// added, each synced before what it announces begins. A record is one line,
//
//   <length of the payload, 8 hex digits> <SHA-256 of the payload, 64 hex digits> <payload>\n
//
// and the payload one JSON object: {"begin": ...}, {"prepared": ...}, {"state": "committed"}. A last
// record that is not whole was never written; anything else that is wrong makes the journal useless.
// Paths are from ROOT, with bytes other than printable ASCII as %XX.
#pragma once

#include "formats/parse_error.hpp"
#include "model/transactions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// The mtime that a folder is given back.
struct JournalTime {
    std::string path;  // "" is ROOT
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
};

// Before anything but the journal is made.
struct JournalBegin {
    std::string id;
    std::string command;
    std::string undoes;              // the transaction that is taken back, or ""
    std::vector<std::string> homes;  // folders of its own, the journal's first
    std::vector<JournalTime> times;  // of folders in which homes are made
};

// What is at `path` and what is at `stored` (in home `home`) change places. An inode number of 0 stands for
// nothing there; the numbers tell on which side each is.
struct JournalMove {
    std::string path;
    std::uint32_t home = 0;
    std::string stored;
    std::uint64_t old_inode = 0;  // at `path` before, at `stored` after
    std::uint64_t new_inode = 0;  // the other way round
    bool tree = false;            // a clone of the folder, of which only the `changes` below it differ
    std::string left{};           // fingerprint of what is at `path` after; "" for a tree
};

// A change inside a tree.
struct JournalChange {
    std::string path;
    std::uint32_t move = 0;  // index of its tree
    std::string left;        // fingerprint of what is at `path` after
};

struct JournalPrepared {
    std::vector<JournalMove> moves;
    std::vector<JournalChange> changes;
    std::vector<JournalTime> times;  // of folders whose entries the moves change
    std::vector<RecordedStep> steps;
    std::vector<std::string> keeps;
    // Of an undo: which moves and changes of the other transaction (counted through) it takes back.
    std::vector<std::uint32_t> takes_back;
};

enum class JournalState : std::uint8_t {
    committed,   // from here on recovery goes forward
    reverting,   // from here on it goes back
    done,        // the store is the new one
    forgetting,  // what was set aside is being removed
};

struct Journal {
    std::optional<JournalBegin> begin;
    std::optional<JournalPrepared> prepared;
    std::optional<JournalState> state;  // the last
    // Of moves and changes (in this order, counted through): those that an `undo --partial` took back.
    std::vector<std::uint32_t> taken_back;
    std::uint64_t whole_bytes = 0;  // the length without a torn last record
};

[[nodiscard]] std::string write_journal_record(const JournalBegin& begin);
[[nodiscard]] std::string write_journal_record(const JournalPrepared& prepared);
[[nodiscard]] std::string write_journal_record(JournalState state);
[[nodiscard]] std::string write_taken_back(const std::vector<std::uint32_t>& indices);

// Every path in it is relative and has no "..", empty or "." component, and every index is in range.
[[nodiscard]] Parsed<Journal> parse_journal(std::string_view text);

// "20261201T023701Z-1f3a".
[[nodiscard]] bool is_transaction_id(std::string_view text);

// A plan of 100,000 changes has some 30 MB.
inline constexpr std::size_t kMaxJournalBytes = std::size_t{256} << 20U;

}  // namespace drydock
