#include "validators/expected_tree.hpp"
#include "validators/member_path.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>
#include <sys/stat.h>

namespace drydock {

namespace {

TarMember member(std::string name, char type = '0', std::string link = {}) {
    TarMember result;
    result.name = std::move(name);
    result.type = type;
    result.link_name = std::move(link);
    result.mode = 0644;
    result.mtime = 100;
    return result;
}

using Kind = Placed::Kind;

// The node at a path, as it stands; kNone where there is none.
NodeId at(const ExpectedTree& tree, const std::string& path) {
    NodeId node = ExpectedTree::kRoot;
    for (std::string_view rest = path; !rest.empty() && node != kNone;) {
        const auto [first, next] = split_first(rest);
        node = tree.find_child(node, first);
        rest = next;
    }
    return node;
}

const ExpectedInode& inode_at(const ExpectedTree& tree, const std::string& path) {
    const NodeId node = at(tree, path);
    REQUIRE(node != kNone);
    return tree.inode_of(node);
}

std::string value_of(const ExpectedTree& tree, const std::string& path, const std::string& name) {
    for (const auto& [have, value] : tree.xattrs(inode_at(tree, path))) {
        if (have == name) return value;
    }
    return "-";
}

}  // namespace

TEST_CASE("a member name is cleaned as Go does") {
    CHECK(clean_path("./a//b/../c/") == "a/c");
    CHECK(clean_path("") == ".");
    CHECK(clean_path("./") == ".");
    CHECK(clean_path("/") == "/");
    CHECK(clean_path("/../a") == "/a");
    CHECK(clean_path("../../a") == "../../a");
    CHECK(clean_path("a/../..") == "..");
    CHECK(clean_path("a/./b") == "a/b");
    CHECK(clean_path("..a/b..") == "..a/b..");
}

TEST_CASE("folders without a member of their own are made, and are implicit") {
    ExpectedTree tree;
    CHECK(tree.place(member("usr/lib/x")).kind == Kind::node);
    const ExpectedInode& usr = inode_at(tree, "usr");
    CHECK(usr.implicit);
    CHECK(usr.mode == (S_IFDIR | 0755U));
    CHECK_FALSE(inode_at(tree, "usr/lib/x").implicit);
    CHECK(tree.path(at(tree, "usr/lib/x")) == "usr/lib/x");

    TarMember header = member("usr", '5');
    header.mode = 01777;
    header.uid = 7;
    header.mtime = 55;
    CHECK(tree.place(header).kind == Kind::node);
    const ExpectedInode& named = inode_at(tree, "usr");
    CHECK_FALSE(named.implicit);
    CHECK(named.mode == (S_IFDIR | 01777U));
    CHECK(named.uid == 7);
    CHECK(named.mtime == 55);
    CHECK(at(tree, "usr/lib/x") != kNone);
}

TEST_CASE("the root's own member leaves nothing") {
    ExpectedTree tree;
    CHECK(tree.place(member("./", '5')).kind == Kind::nothing);
    CHECK(tree.node_count() == 1);
    CHECK(tree.place(member(".", '5')).kind == Kind::duplicate);
    CHECK(tree.place(member("/", '5')).kind == Kind::nothing);
}

TEST_CASE("two members of one cleaned name are duplicates, however they are written") {
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"a", "./a"}, {"d/a", "d//a"}, {"d/a", "d/x/../a"}, {"d", "d/"}, {"/a", "/a"}, {"../a", "../a"}
    };
    for (const auto& [first, second] : pairs) {
        ExpectedTree tree;
        CHECK(tree.place(member(first)).kind == Kind::node);
        INFO(second);
        CHECK(tree.place(member(second)).kind == Kind::duplicate);
    }
    ExpectedTree tree;
    CHECK(tree.place(member("a", 'g')).kind == Kind::nothing);
    CHECK(tree.place(member("a", 'g')).kind == Kind::duplicate);
    CHECK(tree.place(member(".wh.x")).kind == Kind::nothing);
    CHECK(tree.place(member(".wh.x")).kind == Kind::duplicate);
    CHECK(tree.place(member("d/.wh..wh..opq")).kind == Kind::nothing);
    CHECK(tree.place(member("d/.wh..wh..opq")).kind == Kind::duplicate);
}

TEST_CASE("a name stays used when a member of another spelling took its place") {
    ExpectedTree tree;
    CHECK(tree.place(member("a")).kind == Kind::node);
    CHECK(tree.place(member("/a")).kind == Kind::node);
    CHECK(tree.place(member("./a")).kind == Kind::duplicate);

    ExpectedTree whiteouts;
    CHECK(whiteouts.place(member(".wh.x")).kind == Kind::nothing);
    CHECK(whiteouts.place(member("x")).kind == Kind::node);
    CHECK(whiteouts.place(member(".wh.x")).kind == Kind::duplicate);
}

TEST_CASE("different names that lead to one object are no duplicates: the last one counts") {
    ExpectedTree tree;
    CHECK(tree.place(member("real", '5')).kind == Kind::node);
    CHECK(tree.place(member("alias", '2', "real")).kind == Kind::node);
    CHECK(tree.place(member("real/x")).kind == Kind::node);
    const NodeId old = at(tree, "real/x");
    TarMember second = member("alias/x");
    second.mode = 0600;
    const Placed placed = tree.place(second);
    CHECK(placed.kind == Kind::node);
    CHECK_FALSE(placed.through_absolute_link);
    CHECK(at(tree, "real/x") == placed.node);
    CHECK_FALSE(tree.live(old));
    CHECK(tree.live(placed.node));
    CHECK(inode_at(tree, "real/x").mode == (S_IFREG | 0600U));
    CHECK(inode_at(tree, "alias").names == 1);
    CHECK(tree.place(member("alias/x")).kind == Kind::duplicate);
}

TEST_CASE("links on the way are followed inside the layer only") {
    ExpectedTree tree;
    CHECK(tree.place(member("usr/bin", '5')).kind == Kind::node);
    CHECK(tree.place(member("bin", '2', "/usr/bin")).kind == Kind::node);
    CHECK(tree.place(member("up", '2', "../../../usr")).kind == Kind::node);
    CHECK(tree.place(member("chain", '2', "up/bin")).kind == Kind::node);

    const Placed absolute = tree.place(member("bin/sh"));
    CHECK(absolute.kind == Kind::node);
    CHECK(absolute.through_absolute_link);
    CHECK(at(tree, "usr/bin/sh") == absolute.node);
    CHECK(at(tree, "usr/bin/env") == kNone);
    CHECK(tree.place(member("chain/env")).kind == Kind::node);
    CHECK(at(tree, "usr/bin/env") != kNone);
    // A folder that is missing behind a link is made there.
    CHECK(tree.place(member("up/share/doc/x")).kind == Kind::node);
    CHECK(inode_at(tree, "usr/share/doc").implicit);
}

TEST_CASE("what no kernel could unpack is impossible, and harmless") {
    ExpectedTree tree;
    CHECK(tree.place(member("file")).kind == Kind::node);
    CHECK(tree.place(member("loop", '2', "loop")).kind == Kind::node);
    CHECK(tree.place(member("one", '2', "two")).kind == Kind::node);
    CHECK(tree.place(member("two", '2', "one")).kind == Kind::node);
    CHECK(tree.place(member("dangling", '2', "nowhere/at/all")).kind == Kind::node);
    CHECK(tree.place(member("file/x")).kind == Kind::impossible);
    CHECK(tree.place(member("loop/x")).kind == Kind::impossible);
    CHECK(tree.place(member("one/x")).kind == Kind::impossible);
    CHECK(tree.place(member("dangling/x")).kind == Kind::impossible);
    CHECK(at(tree, "nowhere") == kNone);
    CHECK(tree.place(member(std::string(256, 'n'))).kind == Kind::impossible);
    CHECK(tree.place(member(std::string(300, 'n') + "/x")).kind == Kind::impossible);
    CHECK(tree.place(member(std::string(255, 'n'))).kind == Kind::node);
    CHECK(tree.place(member("hard", '1', "absent")).kind == Kind::impossible);
    CHECK(tree.place(member("self", '1', "self")).kind == Kind::impossible);
    CHECK(tree.place(member("empty", '1', "")).kind == Kind::impossible);
    CHECK(tree.place(member("d", '5')).kind == Kind::node);
    CHECK(tree.place(member("folder", '1', "d")).kind == Kind::impossible);
    for (const char* name : {".wh.", ".wh..", ".wh...", "d/.wh.."}) {
        INFO(name);
        CHECK(tree.place(member(name)).kind == Kind::impossible);
    }
}

TEST_CASE("paths and attributes beyond the kernel's limits are impossible") {
    ExpectedTree tree;
    std::string deep;
    for (int i = 0; i < 2047; ++i) {
        deep += "a/";
    }
    CHECK(tree.place(member(deep + "x")).kind == Kind::node);
    CHECK(tree.node_count() == 2049);
    CHECK(tree.path(2048).size() == 4095);
    CHECK(tree.place(member(deep + "xx")).kind == Kind::impossible);
    CHECK(tree.place(member("long", '2', std::string(4096, 't'))).kind == Kind::impossible);
    TarMember many = member("many");
    for (int i = 0; i < 2000; ++i) {
        many.xattrs.emplace_back("user." + std::to_string(i), "v");
    }
    CHECK(tree.place(many).kind == Kind::impossible);
    CHECK_FALSE(tree.full());
}

TEST_CASE("a member of another type replaces what stands there, with all below it") {
    ExpectedTree tree;
    CHECK(tree.place(member("x/deep/file")).kind == Kind::node);
    const NodeId file = at(tree, "x/deep/file");
    CHECK(tree.place(member("x")).kind == Kind::node);
    CHECK_FALSE(tree.live(file));
    CHECK(at(tree, "x/deep") == kNone);
    CHECK(S_ISREG(inode_at(tree, "x").mode));

    ExpectedTree back;
    CHECK(back.place(member("f")).kind == Kind::node);
    CHECK(back.place(member("/f", '5')).kind == Kind::node);
    CHECK(S_ISDIR(inode_at(back, "f").mode));
    CHECK(back.place(member("f/below")).kind == Kind::node);
}

TEST_CASE("folders merge: attributes replaced, xattrs added, content kept") {
    ExpectedTree tree;
    TarMember first = member("d", '5');
    first.xattrs = {{"user.a", "1"}, {"user.b", "1"}};
    CHECK(tree.place(first).kind == Kind::node);
    CHECK(tree.place(member("d/x")).kind == Kind::node);
    TarMember second = member("/d", '5');
    second.mode = 0700;
    second.xattrs = {{"user.b", "2"}, {"user.c", "3"}};
    CHECK(tree.place(second).kind == Kind::node);
    CHECK(at(tree, "d/x") != kNone);
    CHECK(inode_at(tree, "d").mode == (S_IFDIR | 0700U));
    CHECK(value_of(tree, "d", "user.a") == "1");
    CHECK(value_of(tree, "d", "user.b") == "2");
    CHECK(value_of(tree, "d", "user.c") == "3");
}

TEST_CASE("of an attribute named twice in a header the last value counts") {
    ExpectedTree tree;
    TarMember twice = member("x");
    twice.xattrs = {{"user.z", "1"}, {"user.a", "1"}, {"user.z", "2"}};
    CHECK(tree.place(twice).kind == Kind::node);
    CHECK(tree.xattrs(inode_at(tree, "x")) == XattrList{{"user.a", "1"}, {"user.z", "2"}});
}

TEST_CASE("a whiteout is a device that a later member replaces") {
    ExpectedTree tree;
    CHECK(tree.place(member("d/.wh.gone")).kind == Kind::nothing);
    CHECK(inode_at(tree, "d/gone").whiteout);
    CHECK(inode_at(tree, "d").implicit);
    CHECK(tree.place(member("d/gone", '5')).kind == Kind::node);
    const ExpectedInode& folder = inode_at(tree, "d/gone");
    CHECK_FALSE(folder.whiteout);
    CHECK_FALSE(folder.opaque);
    CHECK(S_ISDIR(folder.mode));

    CHECK(tree.place(member("x")).kind == Kind::node);
    CHECK(tree.place(member(".wh.x")).kind == Kind::impossible);
    CHECK(S_ISREG(inode_at(tree, "x").mode));
    CHECK(tree.place(member(".wh..wh.plnk", '5')).kind == Kind::nothing);
    CHECK(inode_at(tree, ".wh.plnk").whiteout);
}

TEST_CASE("an opaque mark belongs to its folder and outlives the folder's own member") {
    ExpectedTree tree;
    CHECK(tree.place(member("d/.wh..wh..opq")).kind == Kind::nothing);
    CHECK(inode_at(tree, "d").opaque);
    CHECK(tree.place(member("d", '5')).kind == Kind::node);
    CHECK(inode_at(tree, "d").opaque);
    CHECK_FALSE(inode_at(tree, "d").implicit);
    CHECK(at(tree, "d/.wh..wh..opq") == kNone);
}

TEST_CASE("a hard link sets the attributes of the inode it shares, and drops its capability") {
    ExpectedTree tree;
    TarMember file = member("a");
    file.xattrs = {{"security.capability", "cap"}, {"user.keep", "yes"}};
    CHECK(tree.place(file).kind == Kind::node);
    TarMember link = member("d/b", '1', "./a");
    link.uid = 5;
    link.mode = 0755;
    link.mtime = 200;
    CHECK(tree.place(link).kind == Kind::node);
    CHECK(tree.node(at(tree, "a")).inode == tree.node(at(tree, "d/b")).inode);
    const ExpectedInode& shared = inode_at(tree, "a");
    CHECK(shared.names == 2);
    CHECK(shared.uid == 5);
    CHECK(shared.mode == (S_IFREG | 0755U));
    CHECK(shared.mtime == 200);
    CHECK(value_of(tree, "a", "security.capability") == "-");
    CHECK(value_of(tree, "a", "user.keep") == "yes");

    TarMember again = member("c", '1', "/d/../a");
    again.xattrs = {{"security.capability", "new"}};
    CHECK(tree.place(again).kind == Kind::node);
    CHECK(value_of(tree, "d/b", "security.capability") == "new");
    CHECK(inode_at(tree, "c").names == 3);
}

TEST_CASE("a hard link to a symlink changes owner and xattrs only") {
    ExpectedTree tree;
    TarMember link = member("s", '2', "target");
    link.mode = 0777;
    link.mtime = 10;
    CHECK(tree.place(link).kind == Kind::node);
    TarMember hard = member("h", '1', "s");
    hard.uid = 9;
    hard.mode = 0600;
    hard.mtime = 99;
    CHECK(tree.place(hard).kind == Kind::node);
    const ExpectedInode& inode = inode_at(tree, "s");
    CHECK(inode.uid == 9);
    CHECK(inode.mtime == 10);
    CHECK(inode.mode == (S_IFLNK | 0777U));
    CHECK(inode.names == 2);
}

TEST_CASE("a hard link goes to the inode, whatever becomes of the first name") {
    ExpectedTree tree;
    CHECK(tree.place(member("a")).kind == Kind::node);
    CHECK(tree.place(member("b", '1', "a")).kind == Kind::node);
    const InodeId first = tree.node(at(tree, "b")).inode;
    CHECK(tree.place(member("/a", '2', "elsewhere")).kind == Kind::node);
    CHECK(tree.node(at(tree, "b")).inode == first);
    CHECK(inode_at(tree, "b").names == 1);
    CHECK(S_ISLNK(inode_at(tree, "a").mode));
    // The way to a link's target goes through links, its last name does not.
    CHECK(tree.place(member("dir/x")).kind == Kind::node);
    CHECK(tree.place(member("way", '2', "dir")).kind == Kind::node);
    CHECK(tree.place(member("c", '1', "way/x")).kind == Kind::node);
    CHECK(tree.node(at(tree, "c")).inode == tree.node(at(tree, "dir/x")).inode);
    CHECK(tree.place(member("d", '1', "way")).kind == Kind::node);
    CHECK(S_ISLNK(inode_at(tree, "d").mode));
}

TEST_CASE("an id of minus one leaves the owner as it was") {
    ExpectedTree tree;
    TarMember file = member("a");
    file.uid = 0xffffffff;
    file.gid = 5'000'000;
    CHECK(tree.place(file).kind == Kind::node);
    CHECK(inode_at(tree, "a").uid == 0);
    CHECK(inode_at(tree, "a").gid == 5'000'000);
    TarMember link = member("b", '1', "a");
    link.gid = -1;
    CHECK(tree.place(link).kind == Kind::node);
    CHECK(inode_at(tree, "a").gid == 5'000'000);
}

TEST_CASE("device numbers keep the bits that a device has") {
    ExpectedTree tree;
    TarMember device = member("n", '3');
    device.device_major = 0x1001;
    device.device_minor = 0x100002;
    CHECK(tree.place(device).kind == Kind::node);
    CHECK(inode_at(tree, "n").device_major == 1);
    CHECK(inode_at(tree, "n").device_minor == 2);
}

TEST_CASE("the tree says when it has taken more than any layer") {
    ExpectedTree bytes;
    TarMember heavy = member("x");
    heavy.xattrs = {{"user.big", std::string(60'000, 'v')}};
    for (int i = 0; i < 100 && !bytes.full(); ++i) {
        heavy.name = "x" + std::to_string(i);
        static_cast<void>(bytes.place(heavy));
    }
    CHECK_FALSE(bytes.full());

    // Links that lead through links: many lookups out of few bytes.
    ExpectedTree steps;
    std::string dots = "d";
    for (int i = 0; i < 800; ++i) {
        dots += "/./.";
    }
    CHECK(steps.place(member("d", '5')).kind == Kind::node);
    CHECK(steps.place(member("l0", '2', dots)).kind == Kind::node);
    for (int i = 1; i < 40; ++i) {
        const std::string below = "l" + std::to_string(i - 1);
        CHECK(steps.place(member("l" + std::to_string(i), '2', dots + "/../" + below)).kind == Kind::node);
    }
    std::size_t placed = 0;
    while (!steps.full() && placed < 1'000'000) {
        static_cast<void>(steps.place(member("l38/x" + std::to_string(placed++))));
    }
    CHECK(steps.full());
    CHECK(placed < 100'000);
}

TEST_CASE("many members that replace each other at one place are found as quickly as others") {
    // 100,000 removed nodes of one name: with a chain of them each lookup would be as long.
    ExpectedTree tree;
    CHECK(tree.place(member("d", '5')).kind == Kind::node);
    for (int i = 0; i < 100'000; ++i) {
        const std::string link = "l" + std::to_string(i);
        REQUIRE(tree.place(member(link, '2', "d")).kind == Kind::node);
        REQUIRE(tree.place(member(link + "/x")).kind == Kind::node);
    }
    CHECK(inode_at(tree, "d/x").names == 1);
    std::size_t live = 0;
    for (NodeId id = 1; id < tree.node_count(); ++id) {
        if (tree.live(id) && tree.name(id) == "x") ++live;
    }
    CHECK(live == 1);
}

TEST_CASE("a hundred thousand members take less than 250 bytes each") {
    constexpr std::size_t kMembers = 100'000;
    const auto used = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    const std::size_t before = used();
    ExpectedTree tree;
    for (std::size_t i = 0; i < kMembers; ++i) {
        TarMember file = member(
            "usr/lib/python3/dist-packages/package-" + std::to_string(i / 100) + "/module_" +
                std::to_string(i) + ".py",
            i % 20 == 0 ? '2' : '0',
            i % 20 == 0 ? "../shared/module.py" : ""
        );
        REQUIRE(tree.place(file).kind == Kind::node);
    }
    CHECK((used() - before) / kMembers < 250);
    CHECK_FALSE(tree.full());
}

}  // namespace drydock
