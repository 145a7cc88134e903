#include "repair/journal_file.hpp"

#include "platform/os_error.hpp"
#include "repair/transaction.hpp"

#include <unistd.h>

#include <algorithm>

namespace drydock {

namespace {

constexpr std::uint32_t kOwnerOnly = 0700;

// Whoever else may write there could make us undo what we never did.
void require_ours(const ReadDir& folder) {
    const FileStat stat = folder.stat();
    if (stat.uid != ::geteuid() || (stat.mode & 0777U) != kOwnerOnly) {
        throw RefusedError(
            folder.path() +
            " must be a folder with mode 0700 that belongs to whoever runs drydock; it is not, "
            "so nothing in it is trusted and nothing was changed"
        );
    }
}

}  // namespace

JournalFile JournalFile::create(const WritableDir& home) {
    return {home.make_append_file(kJournalName, 0600), 0};
}

JournalFile JournalFile::reopen(const WritableDir& home, std::uint64_t whole_bytes) {
    AppendFile file = home.open_append_file(kJournalName);
    file.cut_to(whole_bytes);
    return {std::move(file), whole_bytes};
}

void JournalFile::append(const std::string& record) {
    cut_torn();
    torn_ = true;
    file_.write(record);
    file_.sync();
    torn_ = false;
    size_ += record.size();
}

void JournalFile::cut_torn() {
    if (!torn_) return;
    file_.cut_to(size_);
    file_.sync();
    torn_ = false;
}

std::optional<ReadDir> find_drydock_folder(const ReadDir& root) {
    std::optional<ReadDir> folder = root.find(std::string(kDrydockFolder));
    if (!folder) {
        if (root.find_stat(std::string(kDrydockFolder))) {
            throw RefusedError(root.path() + "/drydock is not a folder: nothing was changed");
        }
        return std::nullopt;
    }
    require_ours(*folder);
    return folder;
}

WritableDir make_drydock_folder(const ReadDir& root) {
    const WritableDir writable = WritableDir::of(root);
    if (!find_drydock_folder(root)) {
        (void)writable.make_dir(std::string(kDrydockFolder), kOwnerOnly);  // opened again below
        writable.sync();
    }
    return writable.open(std::string(kDrydockFolder));
}

StoredJournal read_journal(const ReadDir& drydock, const std::string& id) {
    StoredJournal stored{.id = id, .journal = {}, .damaged = {}};
    const std::optional<ReadDir> home = drydock.find(id);
    if (!home) return stored;
    const SmallFile file = read_small_file(*home, kJournalName, kMaxJournalBytes);
    switch (file.state) {
    case SmallFile::State::absent:
        return stored;
    case SmallFile::State::unreadable:
        throw OsError(file.error, "read", home->path() + "/journal");
    case SmallFile::State::wrong_type:
    case SmallFile::State::too_large:
        stored.damaged = "its journal is no file of drydock's";
        return stored;
    case SmallFile::State::present:
        break;
    }
    Parsed<Journal> parsed = parse_journal(file.bytes);
    if (!parsed) {
        stored.damaged = parsed.error().what + " at byte " + std::to_string(parsed.error().offset);
        return stored;
    }
    stored.journal = std::move(*parsed);
    if (stored.journal.begin && stored.journal.begin->id != id) stored.damaged = "its journal is another's";
    return stored;
}

std::vector<StoredJournal> read_journals(const ReadDir& root) {
    std::vector<StoredJournal> journals;
    const std::optional<ReadDir> drydock = find_drydock_folder(root);
    if (!drydock) return journals;
    std::vector<std::string> ids;
    for (const DirEntry& entry : drydock->list()) {
        if (is_transaction_id(entry.name)) ids.push_back(entry.name);
    }
    std::ranges::sort(ids);
    for (const std::string& id : ids) {
        journals.push_back(read_journal(*drydock, id));
    }
    return journals;
}

}  // namespace drydock
