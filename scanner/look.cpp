#include "scanner/look.hpp"

#include "formats/record_text.hpp"

namespace drydock {

std::string join_path(std::string_view folder, std::string_view name) {
    std::string path;
    if (folder != ".") {
        path.reserve(folder.size() + 1 + name.size());
        path.append(folder);
        path += '/';
    }
    path.append(name);
    return path;
}

std::string excerpt(std::string_view bytes) {
    return std::string(bytes.substr(0, kExcerptBytes));
}

std::string with_article(FileType type) {
    const std::string_view words = describe_type(type);
    const bool vowel = !words.empty() && std::string_view("aeiou").find(words.front()) != words.npos;
    return std::string(vowel ? "an " : "a ").append(words);
}

bool is_temporary_name(std::string_view name) {
    return name.starts_with(".tmp-");
}

FolderView look_at_folder(const ReadDir& parent, const std::string& name) {
    FolderView view;
    view.error = error_of([&] {
        view.dir = parent.find(name);
        if (view.dir) {
            view.state = FolderState::present;
        } else if (const std::optional<FileStat> stat = parent.find_stat(name)) {
            view.state = FolderState::not_a_folder;
            view.type = stat->type();
        }
    });
    if (view.error != 0) {
        view.state = FolderState::unreadable;
    }
    return view;
}

Listing list_sorted(const ReadDir& dir, std::size_t limit) {
    Listing listing;
    listing.error = error_of([&] { listing.entries = dir.list(limit); });
    std::sort(listing.entries.begin(), listing.entries.end(), [](const DirEntry& a, const DirEntry& b) {
        return a.name < b.name;
    });
    return listing;
}

const DirEntry* find_entry(const std::vector<DirEntry>& entries, std::string_view name) {
    const auto found = std::lower_bound(
        entries.begin(),
        entries.end(),
        name,
        [](const DirEntry& entry, std::string_view wanted) { return entry.name < wanted; }
    );
    return found != entries.end() && found->name == name ? &*found : nullptr;
}

std::optional<OpenedFolder> open_folder_chain(
    const ReadDir& dir,
    const std::string& dir_path,
    const std::vector<std::string>& names,
    std::vector<Unreadable>& unreadable
) {
    std::string path = dir_path;
    std::optional<ReadDir> current;
    for (const std::string& name : names) {
        path = join_path(path, name);
        FolderView view = look_at_folder(current ? *current : dir, name);
        if (view.state == FolderState::not_a_folder) {
            unreadable.push_back({path, ENOTDIR, with_article(view.type) + " where a folder should be"});
        } else if (view.state == FolderState::unreadable) {
            unreadable.push_back({path, view.error, {}});
        }
        if (!view.dir) {
            return std::nullopt;
        }
        current = std::move(view.dir);
    }
    if (!current) {
        return std::nullopt;
    }
    Listing listing = list_sorted(*current);
    if (listing.error != 0) {
        unreadable.push_back({path, listing.error, {}});
        return std::nullopt;
    }
    return OpenedFolder{std::move(*current), std::move(listing.entries)};
}

Seen<bool> judge_file(const SmallFile& file, TooLarge too_large) {
    Seen<bool> seen;
    switch (file.state) {
    case SmallFile::State::present:
        seen.sight = Sight::present;
        break;
    case SmallFile::State::absent:
        seen.sight = Sight::absent;
        break;
    case SmallFile::State::wrong_type:
        seen.sight = Sight::malformed;
        seen.actual = describe_type(file.type);
        break;
    case SmallFile::State::too_large:
        if (too_large == TooLarge::unreadable) {
            seen.sight = Sight::unreadable;
            seen.error = EFBIG;
        } else {
            seen.sight = Sight::malformed;
            seen.actual = file.bytes.empty() ? "more bytes than the format allows" : excerpt(file.bytes);
        }
        break;
    case SmallFile::State::unreadable:
        seen.sight = Sight::unreadable;
        seen.error = file.error;
        break;
    }
    return seen;
}

bool is_blank(std::string_view text) {
    return trim_space(text).empty();
}

}  // namespace drydock
