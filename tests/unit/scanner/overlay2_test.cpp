#include "tests/unit/scanner/tree.hpp"

#include <catch2/catch.hpp>

namespace drydock {

using namespace test;

namespace {

DriverDirectory directory_named(const Tree& tree, const std::string& name) {
    const Inventory inventory = scan_tree(tree);
    const DriverDirectory* directory = inventory.find_directory(name);
    REQUIRE(directory != nullptr);
    return *directory;
}

}  // namespace

TEST_CASE("a driver directory is told by the names and types in it") {
    const Tree tree;
    write_small_store(tree);
    tree.folder("overlay2/cb/work");
    tree.file("overlay2/cb/diff", "no folder");
    tree.folder("overlay2/cb/committed");
    tree.file("overlay2/cb/lower", "l/" + kLink + "\n");
    const DriverDirectory base = directory_named(tree, "ca");
    CHECK(base.has_diff);
    CHECK_FALSE(base.has_work);
    CHECK(base.has_committed);
    CHECK(base.link.value == kLink);
    CHECK(base.lower.sight == Sight::absent);
    CHECK(base.error == 0);
    const DriverDirectory other = directory_named(tree, "cb");
    CHECK_FALSE(other.has_diff);
    CHECK(other.has_work);
    CHECK_FALSE(other.has_committed);
    CHECK(other.link.sight == Sight::absent);
    CHECK(other.lower.value == "l/" + kLink + "\n");
}

TEST_CASE("link and lower are each empty, malformed, too large or unreadable") {
    const Tree tree;
    tree.folder("overlay2/ca/diff");
    tree.file("overlay2/ca/link", "");
    tree.file("overlay2/ca/lower", "");
    CHECK(directory_named(tree, "ca").link.sight == Sight::empty);
    CHECK(directory_named(tree, "ca").lower.sight == Sight::empty);
    tree.file("overlay2/ca/link", kLink + "\n");
    CHECK(directory_named(tree, "ca").link.sight == Sight::malformed);
    CHECK(directory_named(tree, "ca").link.actual == kLink + "\n");
    tree.sparse_file("overlay2/ca/link", off_t{10} << 30);
    tree.file("overlay2/ca/lower", std::string((64U << 10U) + 1U, 'l'));
    CHECK(directory_named(tree, "ca").link.sight == Sight::malformed);
    CHECK(directory_named(tree, "ca").lower.sight == Sight::malformed);
    tree.file("overlay2/ca/lower", std::string(64U << 10U, 'l'));
    CHECK(directory_named(tree, "ca").lower.present());
    tree.remove("overlay2/ca/link");
    tree.fifo("overlay2/ca/link");
    CHECK(directory_named(tree, "ca").link.actual == "fifo");
    const Denied denied("lower");
    CHECK(directory_named(tree, "ca").lower.sight == Sight::unreadable);
    CHECK(directory_named(tree, "ca").lower.error == EACCES);
    CHECK(directory_named(tree, "ca").error == 0);
}

TEST_CASE("a directory that cannot be opened carries the errno and stops no other") {
    const Tree tree;
    write_small_store(tree);
    tree.folder("overlay2/cb/diff");
    const Denied denied("ca", EIO);
    CHECK(directory_named(tree, "ca").error == EIO);
    CHECK(directory_named(tree, "ca").link.sight == Sight::unreadable);
    CHECK(directory_named(tree, "cb").has_diff);
}

TEST_CASE("directories and links of the driver's folder count, whatever their names") {
    const Tree tree;
    tree.folder("overlay2/zz\n\x1b[31m");
    tree.file("overlay2/backingFsBlockDev", "");
    tree.file("overlay2/file", "");
    tree.link("overlay2/loop", "loop");
    tree.link("overlay2/out", "/");
    const Inventory inventory = scan_tree(tree);
    REQUIRE(inventory.directories.size() == 3);
    CHECK(inventory.directories[2].name == "zz\n\x1b[31m");
}

TEST_CASE("a link in place of a directory or its diff is there and cannot be looked into") {
    const Tree tree;
    write_small_store(tree);
    tree.link("overlay2/out", "/");
    CHECK(directory_named(tree, "out").error != 0);
    CHECK(directory_named(tree, "ca").error == 0);
    tree.move("overlay2/ca/diff", "elsewhere");
    tree.link("overlay2/ca/diff", "../../elsewhere");
    CHECK(directory_named(tree, "ca").error == ELOOP);
}

TEST_CASE("short links keep their text; what is no link is malformed") {
    const Tree tree;
    tree.link("overlay2/l/A", "../ca/diff");
    tree.link("overlay2/l/B", "/etc");
    tree.file("overlay2/l/C", "");
    tree.link("overlay2/l/D", "D");
    Inventory inventory = scan_tree(tree);
    CHECK(inventory.has_short_link_folder);
    REQUIRE(inventory.short_links.size() == 4);
    CHECK(inventory.short_links[0].target.value == "../ca/diff");
    CHECK(inventory.short_links[1].target.value == "/etc");
    CHECK(inventory.short_links[2].target.sight == Sight::malformed);
    CHECK(inventory.short_links[2].target.actual == "regular file");
    CHECK(inventory.short_links[3].target.value == "D");
    const Denied denied("B", EIO);
    inventory = scan_tree(tree);
    CHECK(inventory.short_links[0].target.present());
    CHECK(inventory.short_links[1].target.sight == Sight::unreadable);
}

TEST_CASE("the folder of short links is absent, no folder or unreadable") {
    const Tree tree;
    tree.folder("overlay2/ca");
    CHECK_FALSE(scan_tree(tree).has_short_link_folder);
    tree.file("overlay2/l", "");
    CHECK_FALSE(scan_tree(tree).has_short_link_folder);
    tree.remove("overlay2/l");
    tree.link("overlay2/l/A", "../ca/diff");
    const Denied denied("l");
    const Inventory inventory = scan_tree(tree);
    CHECK(inventory.has_short_link_folder);
    REQUIRE(inventory.unreadable.size() == 1);
    CHECK(inventory.unreadable[0].path == "overlay2/l");
}

TEST_CASE("the driver's folder is empty where only its own bookkeeping is left") {
    const Tree tree;
    CHECK(scan_tree(tree).driver_folder == FolderState::absent);
    tree.folder("overlay2/l");
    tree.file("overlay2/backingFsBlockDev", "");
    CHECK(scan_tree(tree).driver_folder == FolderState::empty);
    tree.folder("overlay2/ca");
    CHECK(scan_tree(tree).driver_folder == FolderState::present);
    {
        const Denied denied("overlay2");
        CHECK(scan_tree(tree).driver_folder == FolderState::unreadable);
    }
    tree.remove("overlay2");
    tree.file("overlay2", "");
    CHECK(scan_tree(tree).driver_folder == FolderState::not_a_folder);
}

}  // namespace drydock
