#include "cli/kept_transactions.hpp"

#include "platform/os_error.hpp"
#include "repair/transaction.hpp"
#include "report/words.hpp"
#include "scanner/folders.hpp"
#include "scanner/look.hpp"

#include <algorithm>
#include <stdexcept>

namespace drydock {

namespace {

constexpr std::uint64_t kBlock = 512;

// Bytes on disk of files below `folder` that no other place has a name of, folders included.
std::uint64_t occupied(const ReadDir& folder) {
    std::uint64_t bytes = 0;
    std::vector<std::string> below{"."};
    while (!below.empty()) {
        const std::string at = std::move(below.back());
        below.pop_back();
        const auto dir = at == "." ? std::optional(folder.duplicate()) : folder.find(at);
        if (!dir) continue;
        bytes += static_cast<std::uint64_t>(dir->stat().blocks) * kBlock;
        for (const DirEntry& entry : dir->list()) {
            const auto stat = dir->find_stat(entry.name);
            if (!stat) continue;
            if (stat->type() == FileType::directory) {
                below.push_back(join_path(at, entry.name));
            } else if (stat->links == 1) {
                bytes += static_cast<std::uint64_t>(stat->blocks) * kBlock;
            }
        }
    }
    return bytes;
}

std::uint64_t occupied_by_all(const ReadDir& root, const std::vector<StoreLocation>& stores) {
    std::vector<std::string> places{"drydock"};
    for (const StoreLocation& store : stores) {
        const StorePaths paths = paths_of(store);
        places.push_back(paths.image.substr(0, paths.image.rfind('/')) + "/.drydock");
        places.push_back(paths.image + "/.drydock");
        places.push_back(paths.driver + "/.drydock");
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    std::uint64_t bytes = 0;
    for (const std::string& place : places) {
        // What cannot be read is not counted; the check itself does not need it.
        (void)error_of([&] {
            if (const auto folder = root.find(place)) bytes += occupied(*folder);
        });
    }
    return bytes;
}

}  // namespace

KeptTransactions find_kept(const ReadDir& root) {
    try {
        return {.all = list_transactions(root), .unreadable = {}};
    } catch (const std::runtime_error& failure) {
        return {.all = {}, .unreadable = failure.what()};
    }
}

SetAside set_aside_of(const KeptTransactions& kept) {
    SetAside result;
    result.known = kept.unreadable.empty();
    for (const RecordedTransaction& transaction : kept.all) {
        result.known = result.known && transaction.damaged.empty();
        result.directories.insert(
            result.directories.end(), transaction.keeps.begin(), transaction.keeps.end()
        );
    }
    std::sort(result.directories.begin(), result.directories.end());
    return result;
}

bool any_interrupted(const KeptTransactions& kept) {
    return std::any_of(kept.all.begin(), kept.all.end(), [](const RecordedTransaction& transaction) {
        return transaction.state == TransactionState::interrupted;
    });
}

std::vector<std::string>
describe_kept(const KeptTransactions& kept, const ReadDir& root, const std::vector<StoreLocation>& stores) {
    std::vector<std::string> lines;
    if (!kept.unreadable.empty()) {
        lines.push_back("the folder drydock below this root cannot be used: " + kept.unreadable);
    }
    std::size_t ended = 0;
    for (const RecordedTransaction& transaction : kept.all) {
        if (!transaction.damaged.empty()) {
            lines.push_back(
                "the journal of transaction " + transaction.id + " cannot be trusted (" +
                transaction.damaged + "): nothing will be changed here as long as it is there"
            );
        } else if (transaction.state == TransactionState::interrupted) {
            lines.push_back(
                "the " + transaction.command + " " + transaction.id +
                " was interrupted: the next `drydock repair` ends it"
            );
        } else {
            ++ended;
        }
    }
    if (ended > 0) {
        lines.push_back(
            "what earlier repairs set aside occupies " + format_bytes(occupied_by_all(root, stores)) + " (" +
            count_of(ended, "transaction") +
            "; `drydock undo --list` shows them, `drydock undo --forget` frees the space)"
        );
    }
    return lines;
}

}  // namespace drydock
