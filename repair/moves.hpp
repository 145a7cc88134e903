// The only changes of the store itself: an object and what is stored for it change places, by one rename
// each. On which side they are is read from the disk, so that every move can be done again, or taken back,
// after any crash.
#pragma once

#include "formats/journal.hpp"
#include "repair/tops.hpp"

#include <string>
#include <vector>

namespace drydock {

enum class Side : std::uint8_t {
    before,
    after,
    neither,  // something else is there by now
};

[[nodiscard]] Side side_of(const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move);

// Brings a move to `side` (not `neither`) from the other one; nothing where it is there already. Throws
// RefusedError where it is on neither.
void bring_to(Side side, const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move);

// Where the stored object of a move lies.
[[nodiscard]] Spot
stored_spot(const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move);

// The path of `stored` from ROOT.
[[nodiscard]] std::string stored_path(const std::vector<std::string>& homes, const JournalMove& move);

// 0 where there is nothing, and also where the folder is not there.
[[nodiscard]] std::uint64_t inode_at(const Tops& tops, const std::string& path);

// Gives folders their mtimes back; those that are no longer there are left out.
void restore_times(const Tops& tops, const std::vector<JournalTime>& times);

[[nodiscard]] JournalTime time_of(const Tops& tops, const std::string& folder);

}  // namespace drydock
