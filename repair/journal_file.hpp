// The journal of one transaction on disk.
#pragma once

#include "formats/journal.hpp"
#include "platform/writable_dir.hpp"
#include "scanner/look.hpp"

#include <optional>
#include <string>
#include <vector>

namespace drydock {

inline constexpr const char* kJournalName = "journal";

class JournalFile {
public:
    // In the transaction's folder ROOT/drydock/<id>. Throws OsError.
    [[nodiscard]] static JournalFile create(const WritableDir& home);
    // Cuts off what was not written whole.
    [[nodiscard]] static JournalFile reopen(const WritableDir& home, std::uint64_t whole_bytes);

    // The record is on the disk when this returns. Where it throws, the record may be there or not.
    void append(const std::string& record);
    // Takes back what an append() that threw may have left, so that the journal ends with the one before.
    void cut_torn();

private:
    JournalFile(AppendFile file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

    AppendFile file_;
    std::uint64_t size_;  // of the records that are whole
    bool torn_ = false;
};

struct StoredJournal {
    std::string id;
    Journal journal;
    std::string damaged;  // why it cannot be trusted; "" where it can
};

// ROOT/drydock, where it is there. Throws RefusedError where it is not ours alone.
[[nodiscard]] std::optional<ReadDir> find_drydock_folder(const ReadDir& root);
// The same, made if need be.
[[nodiscard]] WritableDir make_drydock_folder(const ReadDir& root);

// All transactions, by id. Throws OsError where one cannot be read.
[[nodiscard]] std::vector<StoredJournal> read_journals(const ReadDir& root);
[[nodiscard]] StoredJournal read_journal(const ReadDir& drydock, const std::string& id);

}  // namespace drydock
