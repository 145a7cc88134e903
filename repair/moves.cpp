#include "repair/moves.hpp"

#include "platform/os_error.hpp"

namespace drydock {

namespace {

// The folder an object lies in; nullopt where that is not there.
std::optional<Spot> find_spot(const Tops& tops, const std::string& path) {
    const Tops::Top& top = tops.above(path);
    const std::string parent = parent_path(path);
    if (parent == top.path) return tops.spot(path);
    const std::string rest = top.path.empty() ? parent : parent.substr(top.path.size() + 1);
    return top.dir.find(rest) ? std::optional(tops.spot(path)) : std::nullopt;
}

}  // namespace

std::uint64_t inode_at(const Tops& tops, const std::string& path) {
    const std::optional<Spot> spot = find_spot(tops, path);
    const std::optional<FileStat> stat = spot ? spot->folder.read().find_stat(spot->name) : std::nullopt;
    return stat ? stat->inode : 0;
}

std::string stored_path(const std::vector<std::string>& homes, const JournalMove& move) {
    return homes.at(move.home) + "/" + move.stored;
}

Spot stored_spot(const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move) {
    return tops.spot(stored_path(homes, move));
}

Side side_of(const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move) {
    const std::uint64_t in_place = inode_at(tops, move.path);
    const std::uint64_t stored = inode_at(tops, stored_path(homes, move));
    if (in_place == move.old_inode && stored == move.new_inode) return Side::before;
    return in_place == move.new_inode && stored == move.old_inode ? Side::after : Side::neither;
}

void bring_to(Side side, const Tops& tops, const std::vector<std::string>& homes, const JournalMove& move) {
    const Side now = side_of(tops, homes, move);
    if (now == side) return;
    if (now == Side::neither) {
        throw RefusedError(tops.root().path() + "/" + move.path + " was changed by something else meanwhile");
    }
    const Spot place = tops.spot(move.path);
    const Spot stored = stored_spot(tops, homes, move);
    const bool out = side == Side::after ? move.new_inode == 0 : move.old_inode == 0;
    const bool in = side == Side::after ? move.old_inode == 0 : move.new_inode == 0;
    if (out) {
        place.folder.move(place.name, stored.folder, stored.name);
    } else if (in) {
        stored.folder.move(stored.name, place.folder, place.name);
    } else {
        place.folder.exchange(place.name, stored.folder, stored.name);
    }
}

JournalTime time_of(const Tops& tops, const std::string& folder) {
    const FileStat stat = tops.folder(folder).read().stat();
    return {.path = folder, .seconds = stat.mtime, .nanoseconds = stat.mtime_nanoseconds};
}

void restore_times(const Tops& tops, const std::vector<JournalTime>& times) {
    for (const JournalTime& time : times) {
        if (!time.path.empty() && inode_at(tops, time.path) == 0) continue;
        const WritableDir folder = tops.folder(time.path);
        const FileStat now = folder.read().stat();
        if (now.mtime == time.seconds && now.mtime_nanoseconds == time.nanoseconds) continue;
        folder.set_own_mtime({.seconds = time.seconds, .nanoseconds = time.nanoseconds});
    }
}

}  // namespace drydock
