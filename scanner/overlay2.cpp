#include "scanner/overlay2.hpp"

#include "formats/record_text.hpp"
#include "platform/os_error.hpp"
#include "scanner/temporaries.hpp"

#include <cerrno>

namespace drydock {

namespace {

Parsed<std::string> take_text(std::string_view text) {
    return std::string(text);
}

DriverDirectory read_directory(const ReadDir& driver, const std::string& name) {
    DriverDirectory directory;
    directory.name = name;
    directory.error = error_of([&] {
        const ReadDir dir = driver.open(name);
        for (const DirEntry& entry : dir.list(kMaxRecordEntries)) {
            if (entry.name == "diff") {
                directory.has_diff = entry.type == FileType::directory;
                // dockerd would follow it, to another disk perhaps; nothing is known of what is there.
                if (entry.type == FileType::symlink) throw OsError(ELOOP, "open", name + "/diff");
            } else if (entry.name == "work") {
                directory.has_work = entry.type == FileType::directory;
            } else if (entry.name == "committed") {
                directory.has_committed = entry.type == FileType::regular;
            } else if (is_temporary_name(entry.name)) {
                directory.temporaries.push_back(entry.name);
            } else if (entry.name == "link") {
                directory.link = see_record<std::string>(
                    read_small_file(dir, entry.name, kMaxLineBytes, entry.type), parse_link
                );
            } else if (entry.name == "lower") {
                directory.lower = see_record<std::string>(
                    read_small_file(dir, entry.name, kMaxLowerBytes, entry.type),
                    take_text,
                    TooLarge::malformed,
                    [](std::string_view text) { return text.empty(); }
                );
            }
        }
    });
    if (directory.error != 0) {
        directory.link = seen_error<std::string>(directory.error);
        directory.lower = seen_error<std::string>(directory.error);
    }
    return directory;
}

ShortLink read_short_link(const ReadDir& links, const DirEntry& entry) {
    ShortLink link;
    link.name = entry.name;
    if (entry.type != FileType::symlink) {
        link.target = seen_malformed<std::string>(describe_type(entry.type));
        return link;
    }
    const int error = error_of([&] { link.target = seen_value<std::string>(links.read_link(entry.name)); });
    if (error != 0) {
        link.target = seen_error<std::string>(error);
    }
    return link;
}

void scan_short_links(const ReadDir& driver, const Workers& workers, Inventory& inventory) {
    const FolderView view = look_at_folder(driver, "l");
    inventory.has_short_link_folder =
        view.state == FolderState::present || view.state == FolderState::unreadable;
    Listing listing;
    listing.error = view.error;
    if (view.dir) {
        listing = list_sorted(*view.dir);
    }
    if (listing.error != 0) {
        inventory.unreadable.push_back({join_path(inventory.driver_root, "l"), listing.error, {}});
    }
    inventory.short_links = collect<ShortLink>(listing.entries.size(), workers, [&](std::size_t index) {
        return read_short_link(*view.dir, listing.entries[index]);
    });
}

}  // namespace

void scan_overlay2(const ReadDir& driver, const Workers& workers, Inventory& inventory) {
    const Listing listing = list_sorted(driver);
    if (listing.error != 0) {
        inventory.driver_folder = FolderState::unreadable;
        inventory.unreadable.push_back({inventory.driver_root, listing.error, {}});
        return;
    }
    std::vector<std::string> names;
    inventory.driver_folder = FolderState::empty;
    for (const DirEntry& entry : listing.entries) {
        // lost+found alone is a disk that was never filled.
        if (entry.name == "l" || entry.name == "backingFsBlockDev" || entry.name == "lost+found" ||
            entry.name == kHiddenFolder) {
            continue;
        }
        if (is_probe_name(entry.name)) {
            inventory.temporaries.push_back(join_path(inventory.driver_root, entry.name));
            continue;
        }
        inventory.driver_folder = FolderState::present;
        if (entry.type == FileType::directory || entry.type == FileType::symlink) {
            names.push_back(entry.name);  // a link is there, and cannot be looked into
        }
    }
    inventory.directories = collect<DriverDirectory>(names.size(), workers, [&](std::size_t index) {
        return read_directory(driver, names[index]);
    });
    scan_short_links(driver, workers, inventory);
}

}  // namespace drydock
