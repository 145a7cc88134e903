#include "scanner/databases.hpp"

#include "formats/bolt.hpp"
#include "platform/lock_probe.hpp"
#include "scanner/builder_records.hpp"
#include "scanner/look.hpp"

#include <unistd.h>

#include <array>
#include <tuple>

namespace drydock {

namespace {

struct Place {
    DatabaseRole role;
    const char* folder;
    const char* file;
};

constexpr const char* kBuilderFolder = "buildkit";

// Leases come before snapshots, which are read at a start only where there are leases.
constexpr std::array kPlaces{
    Place{DatabaseRole::leases, kBuilderFolder, "containerdmeta.db"},
    Place{DatabaseRole::snapshots, kBuilderFolder, "snapshots.db"},
    Place{DatabaseRole::cache_metadata, kBuilderFolder, "metadata_v2.db"},
    Place{DatabaseRole::solver_cache, kBuilderFolder, "cache.db"},
    Place{DatabaseRole::history, kBuilderFolder, "history.db"},
    Place{DatabaseRole::volumes, "volumes", "metadata.db"},
    Place{DatabaseRole::networks, "network/files", "local-kv.db"},
    Place{DatabaseRole::containerd, "containerd/daemon/io.containerd.metadata.v1.bolt", "meta.db"},
};

class FileSource final : public BoltSource {
public:
    FileSource(const ReadFile& file, const std::stop_token& stop)
        : file_(file),
          stop_(stop),
          size_(static_cast<std::uint64_t>(std::max<std::int64_t>(file.look_again().size, 0))) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> into) const override {
        if (stop_.stop_requested()) throw OsError(ECANCELED, "read", "a database");
        return file_.read_at(offset, into.data(), into.size());
    }

private:
    const ReadFile& file_;
    const std::stop_token& stop_;
    std::uint64_t size_;
};

// One reading of a database.
struct Reading {
    Sight sight = Sight::present;
    int error = 0;
    BoltFault fault;
    BuilderRecords records;
    bool changed = false;
};

Reading unreadable(DatabaseRole role, int error) {
    return {.sight = Sight::unreadable, .error = error, .fault = {}, .records = BuilderRecords(role)};
}

auto change_marks(const FileStat& stat) {
    return std::tuple(stat.size, stat.mtime, stat.mtime_nanoseconds, stat.ctime, stat.ctime_nanoseconds);
}

Reading read_once(const ReadFile& file, DatabaseRole role, const std::stop_token& stop) {
    Reading reading{.fault = {}, .records = BuilderRecords(role)};
    const FileStat before = file.look_again();
    const FileSource source(file, stop);
    if (source.size() == 0) {
        reading.sight = Sight::empty;
    } else {
        const auto result = walk_bolt(source, [&](const BoltEntry& entry) { reading.records.add(entry); });
        reading.records.finish();
        if (!result) {
            reading.fault = result.error();
            reading.sight = reading.fault.harm == BoltHarm::unknown ? Sight::unreadable : Sight::malformed;
            reading.error = reading.fault.harm == BoltHarm::unknown ? EFBIG : 0;
        } else if (!reading.records.wrong().empty()) {
            // dockerd decodes them all when it starts.
            reading.fault = {reading.records.wrong(), 0, BoltHarm::opening, {}};
            reading.sight = Sight::malformed;
        } else if (reading.records.overflowed()) {
            reading.sight = Sight::unreadable;
            reading.error = EFBIG;
        }
    }
    reading.changed = change_marks(before) != change_marks(file.look_again());
    return reading;
}

// A repair reads the store once more under locks of its own.
bool is_held_by_others(const ReadFile& file) {
    if (probe_lock(file) != LockState::held) return false;
    const std::optional<ProcessClock> holder = find_lock_holder(file.stat());
    return !holder || holder->pid != ::getpid();
}

// Nothing is called malformed by one reading, or while somebody may be writing.
Reading read_database(const ReadFile& file, DatabaseRole role, const std::stop_token& stop) {
    Reading first = read_once(file, role, stop);
    if (!first.changed && first.sight != Sight::malformed) return first;
    Reading second = read_once(file, role, stop);
    if (second.changed) return unreadable(role, EBUSY);
    if (second.sight != Sight::malformed) return second;
    if (is_held_by_others(file)) return unreadable(role, EBUSY);
    const bool agree = first.changed || first.fault.what == second.fault.what;
    return agree ? std::move(second) : unreadable(role, EIO);
}

// Whether dockerd meets the fault when it starts. It opens all databases of its version then; which
// buckets it reads: moby builder-next/controller.go, buildkit cache/manager.go, volume/service/restore.go,
// libnetwork's store.
bool stops_daemon(DatabaseRole role, const BoltFault& fault, bool has_leases) {
    const auto in = [&](std::size_t depth, std::string_view name) {
        return fault.buckets.size() <= depth || fault.buckets[depth] == name;
    };
    const bool opening = fault.harm == BoltHarm::opening;
    const bool reading = fault.harm >= BoltHarm::reading;
    const bool writing = fault.harm >= BoltHarm::writing;
    switch (role) {
    case DatabaseRole::snapshots:
        // For each lease a bucket is looked up and, if it is a layer's, made.
        return opening || has_leases;
    case DatabaseRole::leases:
        return opening || (reading && in(0, "v1") && in(1, "buildkit") && in(2, "leases"));
    case DatabaseRole::cache_metadata:
        return writing && in(0, "_main");
    case DatabaseRole::solver_cache:
        return writing && fault.buckets.empty();
    case DatabaseRole::volumes:
    case DatabaseRole::networks:
        return writing;
    case DatabaseRole::containerd:
        return reading;
    case DatabaseRole::history:
        return false;
    }
    return true;
}

struct Found {
    DatabaseRecord record;
    BuilderRecords records;
};

// The folder of a database. `error` is set where it is there and cannot be looked into.
struct PlaceFolder {
    std::optional<ReadDir> dir;
    int error = 0;
};

PlaceFolder open_place(const ReadDir& root, std::string_view folder, Inventory& inventory) {
    PlaceFolder place;
    for (std::size_t begin = 0; begin < folder.size();) {
        const std::size_t end = std::min(folder.find('/', begin), folder.size());
        FolderView view =
            look_at_folder(place.dir ? *place.dir : root, std::string(folder.substr(begin, end - begin)));
        place.dir = std::move(view.dir);
        if (view.state == FolderState::absent) return place;
        if (!place.dir) {
            std::string detail;
            place.error = view.error;
            if (view.state == FolderState::not_a_folder) {
                // dockerd follows a link; a check does not.
                place.error = view.type == FileType::symlink ? ELOOP : ENOTDIR;
                detail = with_article(view.type) + " where a folder should be";
            }
            const std::string path = join_path(inventory.store_path, folder.substr(0, end));
            inventory.unreadable.push_back({path, place.error, std::move(detail)});
            return place;
        }
        begin = end + 1;
    }
    return place;
}

// nullopt where it is not there.
std::optional<Found> look_at_database(
    const ReadDir& folder, const Place& place, const Builder& builder, const std::stop_token& stop
) {
    Found found{.record = {}, .records = BuilderRecords(place.role)};
    Seen<bool>& sight = found.record.sight;
    const int error = error_of([&] {
        const std::optional<FileStat> stat = folder.find_stat(place.file);
        if (!stat) return;
        const FileType type = stat->type();
        if (type == FileType::symlink) {
            // dockerd follows it; a check does not.
            sight.sight = Sight::unreadable;
            sight.error = ELOOP;
        } else if (type != FileType::regular) {
            sight.sight = Sight::malformed;
            sight.actual = describe_type(type);
        } else {
            Reading reading = read_database(folder.open_file(place.file, type), place.role, stop);
            sight.sight = reading.sight;
            sight.error = reading.error;
            sight.value = reading.sight == Sight::present;
            if (reading.sight == Sight::malformed) {
                sight.actual = excerpt(reading.fault.what);
                const bool has_leases = !builder.leased.present() || !builder.leased.value.empty();
                found.record.stops_daemon = stops_daemon(place.role, reading.fault, has_leases);
            }
            found.records = std::move(reading.records);
        }
    });
    if (error != 0 && !is_absence(error)) {
        sight.sight = Sight::unreadable;
        sight.error = error;
    }
    if (sight.sight == Sight::absent) return std::nullopt;
    return found;
}

template <class T>
Seen<T> seen_part(const Seen<bool>& sight, T value) {
    Seen<T> seen;
    seen.sight = sight.sight;
    seen.actual = sight.actual;
    seen.error = sight.error;
    if (seen.present()) seen.value = std::move(value);
    return seen;
}

void keep_records(Found& found, DatabaseRole role, Builder& builder) {
    const Seen<bool>& sight = found.record.sight;
    if (role == DatabaseRole::snapshots) {
        builder.snapshots = seen_part(sight, std::move(found.records.snapshots));
    } else if (role == DatabaseRole::leases) {
        builder.leased = seen_part(sight, std::move(found.records.leased));
    } else if (role == DatabaseRole::cache_metadata) {
        builder.cache = seen_part(sight, std::move(found.records.cache));
    }
}

// What is behind a link, or cannot be looked at, may hold anything.
void hide_builder(Builder& builder, int error) {
    const auto hide = [&](auto& seen) {
        seen.sight = Sight::unreadable;
        seen.error = error;
    };
    hide(builder.snapshots);
    hide(builder.leased);
    hide(builder.cache);
}

}  // namespace

void scan_databases(const ReadDir& root, const std::stop_token& stop, Inventory& inventory) {
    for (const Place& place : kPlaces) {
        const PlaceFolder folder = open_place(root, place.folder, inventory);
        if (folder.error != 0 && std::string_view(place.folder) == kBuilderFolder) {
            hide_builder(inventory.builder, folder.error);
        }
        if (!folder.dir) continue;
        std::optional<Found> found = look_at_database(*folder.dir, place, inventory.builder, stop);
        if (!found) continue;
        found->record.role = place.role;
        found->record.path = join_path(inventory.store_path, join_path(place.folder, place.file));
        keep_records(*found, place.role, inventory.builder);
        inventory.databases.push_back(std::move(found->record));
    }
    std::sort(
        inventory.databases.begin(),
        inventory.databases.end(),
        [](const DatabaseRecord& a, const DatabaseRecord& b) { return a.path < b.path; }
    );
}

}  // namespace drydock
