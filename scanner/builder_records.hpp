// What is kept of the keys of BuildKit's databases while they are walked.
#pragma once

#include "formats/bolt.hpp"
#include "model/databases.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace drydock {

// A million records with their names; no builder has them, and a hostile database must not take all memory.
inline constexpr std::size_t kMaxBuilderBytes = std::size_t{128} << 20U;

class BuilderRecords {
public:
    explicit BuilderRecords(DatabaseRole role) : role_(role) {}

    void add(const BoltEntry& entry);

    // Sorts what came in; the walk is over.
    void finish();

    // More than kMaxBuilderBytes: what came in is not all.
    [[nodiscard]] bool overflowed() const noexcept { return bytes_ > kMaxBuilderBytes; }

    // A value that dockerd cannot decode, in words; dockerd does not start with it.
    [[nodiscard]] const std::string& wrong() const noexcept { return wrong_; }

    std::vector<BuilderSnapshot> snapshots{};
    std::vector<std::string> leased{};
    std::vector<BuilderCacheRecord> cache{};

private:
    void add_snapshot(const BoltEntry& entry);
    void add_lease(const BoltEntry& entry);
    void add_cache(const BoltEntry& entry);
    std::string keep(std::string_view text);

    DatabaseRole role_;
    std::size_t bytes_ = 0;
    std::string wrong_;
};

}  // namespace drydock
