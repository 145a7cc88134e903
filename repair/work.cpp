#include "repair/work.hpp"

#include "platform/mount_id.hpp"
#include "platform/os_error.hpp"
#include "repair/staging.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace drydock {

namespace {

// The daemon writes these in place when a container is made: another name of the file would change with it.
bool is_written_in_place(const std::string& folder) {
    return lies_in(folder, "layerdb/mounts");
}

std::string new_id() {
    const auto time = std::chrono::system_clock::now();
    const std::time_t now = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    if (::gmtime_r(&now, &parts) == nullptr) throw RefusedError("the clock of this machine is of no use");
    std::array<char, 32> text{};
    (void)std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ-", &parts);  // always fits
    // The rest of the second, in 65536ths: two transactions of one second sort by time too, which undo and
    // recovery rely on.
    const std::chrono::nanoseconds rest = time - std::chrono::floor<std::chrono::seconds>(time);
    const auto digits = static_cast<unsigned long long>(rest.count()) * 65536 / 1'000'000'000;
    std::array<char, 20> fraction{};
    (void)std::snprintf(fraction.data(), fraction.size(), "%04llx", digits);  // always fits
    return std::string(text.data()) + fraction.data();
}

std::string below(const std::string& path, const std::string& folder) {
    return path.substr(folder.size() + 1);
}

// Of what an object replaces, where that is of its kind.
std::optional<Attributes> model_for(const ReadDir& folder, const std::string& name, const NewObject& object) {
    const std::optional<FileStat> old = folder.find_stat(name);
    const FileType type = object.kind == NewObject::Kind::file   ? FileType::regular
                          : object.kind == NewObject::Kind::link ? FileType::symlink
                                                                 : FileType::directory;
    return old && old->type() == type ? model_of(folder, name) : std::nullopt;
}

// "a/b/c" -> the folder a/b of `top`, and "c".
Spot spot_in(const WritableDir& top, const std::string& path) {
    const std::string parent = parent_path(path);
    return {
        .folder = parent.empty() ? WritableDir::of(top.read()) : top.open(parent), .name = last_name(path)
    };
}

}  // namespace

Work::Work(const Tops& tops, std::string command) : tops_(tops), id_(new_id()) {
    journal_.begin =
        JournalBegin{.id = id_, .command = std::move(command), .undoes = {}, .homes = {}, .times = {}};
    journal_.begin->homes.push_back(std::string(kDrydockFolder) + "/" + id_);
    journal_.prepared.emplace();
}

Work::Work(const Tops& tops, std::string command, const Journal& undoes) : Work(tops, std::move(command)) {
    journal_.begin->undoes = undoes.begin->id;
    std::vector<std::string>& all = journal_.begin->homes;
    all.insert(all.end(), undoes.begin->homes.begin(), undoes.begin->homes.end());
}

// Renames and hard links work only within one mount. ROOT/drydock is best: dockerd never looks there.
std::string Work::home_for(const std::string& path) const {
    const Tops::Top& top = tops_.above(path);
    if (mount_of(tops_.folder(parent_path(path)).read()) == mount_of(tops_.root())) return homes().front();
    if (top.path.empty() || last_name(top.path) == "containers") {
        throw RefusedError(
            tops_.root().path() + "/" + parent_path(path) +
            " is on a mount of its own, where nothing can be set aside: nothing was changed"
        );
    }
    return top.path + "/" + std::string(kHiddenFolder) + "/" + id_;
}

std::uint32_t Work::home_index(const std::string& home) const {
    const auto found = std::ranges::find(homes(), home);
    return static_cast<std::uint32_t>(found - homes().begin());
}

void Work::note_time(const std::string& folder) {
    if (!folder.empty() && !times_.contains(folder)) times_.emplace(folder, time_of(tops_, folder));
}

void Work::begin(const std::vector<std::string>& images, const std::vector<std::string>& paths) {
    std::vector<std::string>& all = journal_.begin->homes;
    const auto need = [&](const std::string& path) {
        const std::string home = home_for(path);
        if (std::ranges::find(all, home) == all.end()) all.push_back(home);
        return home;
    };
    for (const std::string& image : images) {
        const Tops::Top* top = tops_.find(image);
        const bool whole = top != nullptr && top->exchangeable;
        // Entry by entry, what is exchanged lies inside the folder.
        const std::string home = need(whole ? image : image + "/layerdb");
        trees_.push_back(
            {.image = image,
             .stored = "tree-" + std::to_string(trees_.size()),
             .home = home_index(home),
             .whole = whole}
        );
    }
    for (const std::string& path : paths) {
        if (!in_tree(path)) (void)need(path);
    }
    for (const std::string& home : all) {
        // ROOT's own mtime may change.
        if (is_own(home)) note_time(parent_path(parent_path(home)));
    }
    for (const auto& [folder, time] : times_) {
        journal_.begin->times.push_back(time);
    }
    make_homes();
    for (const Tree& tree : trees_) {
        make_tree(tree.image);
    }
}

void Work::make_homes() {
    const WritableDir drydock = make_drydock_folder(tops_.root());
    const WritableDir home = drydock.make_dir(id_, 0700);
    file_ = JournalFile::create(home);
    file_->append(write_journal_record(*journal_.begin));
    // Order: the journal can be found before anything else is made.
    home.sync();
    drydock.sync();
    for (const std::string& other : homes()) {
        if (!is_own(other) || other == homes().front()) continue;
        const std::string hidden = parent_path(other);
        const Spot spot = tops_.spot(hidden);
        if (!spot.folder.read().find_stat(spot.name)) (void)spot.folder.make_dir(spot.name, 0700);
        (void)tops_.folder(hidden).make_dir(id_, 0700);
    }
}

const Work::Tree* Work::tree_of(const std::string& path) const {
    const auto found =
        std::ranges::find_if(trees_, [&](const Tree& tree) { return lies_in(path, tree.image); });
    return found == trees_.end() ? nullptr : &*found;
}

WritableDir Work::tree_folder(const Tree& tree) const {
    return tops_.folder(homes().at(tree.home) + "/" + tree.stored);
}

void Work::make_tree(const std::string& image) {
    const Tree& tree = *tree_of(image);
    clone_folder(
        tops_.folder(image).read(), tops_.folder(homes().at(tree.home)), tree.stored, is_written_in_place
    );
}

void Work::make_in_tree(
    const WritableDir& folder, const std::string& name, const std::string& path, const Edit& edit
) {
    if (const auto* object = std::get_if<NewObject>(&edit)) {
        // What it replaces is gone from the clone by now, and still there in the store.
        const bool replaces = inode_at(tops_, path) != 0;
        const auto model = replaces ? model_for(tops_.spot(path).folder.read(), name, *object) : std::nullopt;
        make_object(folder, name, *object, model);
    } else if (const auto* stored = std::get_if<StoredObject>(&edit)) {
        const Spot from = tops_.spot(stored->path);
        clone_object(from.folder.read(), from.name, folder, name);
    }
}

void Work::edit_tree(const Tree& tree, const std::string& path, const Edit& edit) {
    const Spot spot = spot_in(tree_folder(tree), below(path, tree.image));
    remove_tree(spot.folder, spot.name);
    make_in_tree(spot.folder, spot.name, path, edit);
    tree_changes_[tree.image].push_back(
        {.path = path, .move = 0, .left = fingerprint(spot.folder.read(), spot.name)}
    );
}

void Work::stage(const std::string& path, const Edit& edit) {
    if (const Tree* tree = tree_of(path)) {
        edit_tree(*tree, path, edit);
        return;
    }
    JournalMove move;
    move.path = path;
    move.home = home_index(home_for(path));
    move.stored = "object-" + std::to_string(next_object_++);
    const Spot place = tops_.spot(path);
    move.old_inode = inode_at(tops_, path);
    note_time(parent_path(path));
    if (const auto* object = std::get_if<NewObject>(&edit)) {
        const WritableDir home = tops_.folder(homes().at(move.home));
        std::optional<Attributes> model = model_for(place.folder.read(), place.name, *object);
        if (!model) {
            const FileStat above = place.folder.read().stat();
            model = Attributes{.mode = object->mode, .uid = above.uid, .gid = above.gid};
        }
        make_object(home, move.stored, *object, model);
        move.new_inode = inode_at(tops_, stored_path(homes(), move));
        move.left = fingerprint(home.read(), move.stored);
    }
    if (move.old_inode == 0 && move.new_inode == 0) return;
    journal_.prepared->moves.push_back(std::move(move));
}

void Work::stage_reverse(const std::string& path, const std::string& stored) {
    const std::string home = parent_path(stored);
    JournalMove move;
    move.path = path;
    move.home = home_index(home);
    if (move.home == homes().size()) throw RefusedError(stored + " is in no folder of drydock's");
    move.stored = last_name(stored);
    move.old_inode = inode_at(tops_, path);
    move.new_inode = inode_at(tops_, stored);
    if (move.new_inode != 0) {
        const Spot spot = tops_.spot(stored);
        move.left = fingerprint(spot.folder.read(), spot.name);
    }
    note_time(parent_path(path));
    if (move.old_inode == 0 && move.new_inode == 0) return;
    journal_.prepared->moves.push_back(std::move(move));
}

}  // namespace drydock
