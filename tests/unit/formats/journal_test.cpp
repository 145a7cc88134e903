#include "formats/journal.hpp"

#include <catch2/catch.hpp>

namespace drydock {

namespace {

const std::string kId = "20261201T023701Z-1f3a";

JournalBegin begin() {
    return {
        .id = kId,
        .command = "repair",
        .undoes = {},
        .homes = {"drydock/" + kId},
        .times = {{.path = "overlay2", .seconds = -5, .nanoseconds = 999'999'999}},
    };
}

JournalPrepared prepared() {
    JournalPrepared record;
    record.moves = {
        {.path = "image/overlay2",
         .stored = "tree-0",
         .old_inode = 7,
         .new_inode = 9,
         .tree = true,
         .left = {}},
        {.path = "overlay2/a/diff/\xff%\n", .stored = "object-0", .new_inode = 1ULL << 63U, .left = "ab"},
    };
    record.changes = {{.path = "image/overlay2/repositories.json", .move = 0, .left = ""}};
    record.steps = {{.action = "write", .code = "diff-empty", .path = "image/overlay2/x"}};
    record.keeps = {"dir"};
    record.takes_back = {2};
    return record;
}

std::string whole() {
    return write_journal_record(begin()) + write_journal_record(prepared()) +
           write_journal_record(JournalState::committed) + write_journal_record(JournalState::done) +
           write_taken_back({1, 2});
}

}  // namespace

TEST_CASE("A journal is read as it was written") {
    const auto journal = parse_journal(whole());
    REQUIRE(journal);
    CHECK(journal->begin->id == kId);
    CHECK(journal->begin->times.front().seconds == -5);
    REQUIRE(journal->prepared->moves.size() == 2);
    CHECK(journal->prepared->moves[1].path == "overlay2/a/diff/\xff%\n");
    CHECK(journal->prepared->moves[1].new_inode == 1ULL << 63U);
    CHECK(journal->prepared->moves[0].tree);
    CHECK(journal->prepared->changes.front().path == "image/overlay2/repositories.json");
    CHECK(journal->prepared->takes_back == std::vector<std::uint32_t>{2});
    CHECK(journal->state == JournalState::done);
    CHECK(journal->taken_back == std::vector<std::uint32_t>{1, 2});
    CHECK(journal->whole_bytes == whole().size());
}

TEST_CASE("A record that was not written whole was never written") {
    const std::string text = whole();
    const std::size_t last = text.size() - write_taken_back({1, 2}).size();
    for (std::size_t size = last; size < text.size(); ++size) {
        const auto journal = parse_journal(text.substr(0, size));
        REQUIRE(journal);
        CHECK(journal->taken_back.empty());
        CHECK(journal->whole_bytes == last);
    }
}

TEST_CASE("Any changed byte but in the last record makes a journal useless") {
    const std::string text = whole();
    const std::size_t last = text.size() - write_taken_back({1, 2}).size();
    for (std::size_t at = 0; at < last; ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK_FALSE(parse_journal(changed));
    }
}

TEST_CASE("Records that do not fit each other are not believed") {
    const std::string begun = write_journal_record(begin());
    CHECK_FALSE(parse_journal(write_journal_record(prepared())));
    CHECK_FALSE(parse_journal(begun + write_journal_record(JournalState::committed)));
    CHECK_FALSE(parse_journal(begun + begun));
    JournalPrepared wrong = prepared();
    wrong.moves[0].home = 1;
    CHECK_FALSE(parse_journal(begun + write_journal_record(wrong)));
    wrong = prepared();
    wrong.changes[0].move = 2;
    CHECK_FALSE(parse_journal(begun + write_journal_record(wrong)));
    for (const char* path : {"../etc", "/etc", "a//b", "a/./b", "a/", "a/.."}) {
        wrong = prepared();
        wrong.moves[1].path = path;
        CHECK_FALSE(parse_journal(begun + write_journal_record(wrong)));
    }
    const std::string committed =
        begun + write_journal_record(prepared()) + write_journal_record(JournalState::committed);
    CHECK(parse_journal(committed + write_journal_record(JournalState::reverting)));
    CHECK(parse_journal(
        committed + write_journal_record(JournalState::reverting) +
        write_journal_record(JournalState::forgetting)
    ));
    CHECK_FALSE(parse_journal(committed + write_journal_record(JournalState::forgetting)));
}

TEST_CASE("An id of a transaction has one form") {
    CHECK(is_transaction_id(kId));
    for (const char* other : {"", "20261201T023701Z-1f3", "20261201T023701Z-1f3A", "../../1T023701Z-1f3a0"}) {
        CHECK_FALSE(is_transaction_id(other));
    }
}

}  // namespace drydock
