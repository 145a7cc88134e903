// Layers that no sane tool writes and dockerd takes all the same: a sound store may hold every one of
// them, so none may lead to a finding. What dockerd 20.10 refuses (duplicate names, a whiteout beside
// the entry it hides, sparse members, links out of the layer) is left out, and so are the constructs
// that it takes and can never give back (hard links with a size, absolute links on a member's path).
#include "tests/support/images.hpp"

#include <utility>

namespace drydock {

namespace {

TarItem in_dialect(TarDialect dialect, TarItem item) {
    item.dialect = dialect;
    return item;
}

TarItem at_time(TarItem item, std::int64_t seconds, std::uint32_t nanoseconds = 0) {
    item.mtime = seconds;
    item.mtime_ns = nanoseconds;
    return item;
}

TarItem owned(TarItem item, std::int64_t uid, std::int64_t gid) {
    item.uid = uid;
    item.gid = gid;
    return item;
}

TarItem with_xattrs(TarItem item, std::vector<std::pair<std::string, std::string>> xattrs) {
    item.xattrs = std::move(xattrs);
    return item;
}

TarItem global_header(std::string name) {
    TarItem item;
    item.name = std::move(name);
    item.type = 'g';
    item.pax = {{"comment", "of the whole archive"}};
    return item;
}

std::string times(const std::string& text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += text;
    }
    return out;
}

LayerPtr names_layer() {
    using enum TarDialect;
    const std::string long_folder = "long/" + times("folder-of-forty-bytes-and-a-few-more-000/", 3);
    const std::string very_long =
        "long/" + times("a-folder-with-a-name-of-many-bytes-to-make-a-long-path/", 9);
    const std::string name_255(255, 'n');
    return make_layer({
        tar_folder("./"),
        tar_folder("./dotted/"),
        tar_file("./dotted/file", "with a prefix of ./\n"),
        in_dialect(v7, tar_folder("v7/")),
        in_dialect(v7, tar_file("v7/file", "old as the hills\n")),
        in_dialect(v7, tar_hard_link("v7/link", "v7/file")),
        in_dialect(v7, tar_symlink("v7/symlink", "file")),
        in_dialect(ustar, tar_folder("ustar/")),
        in_dialect(
            ustar,
            tar_file("ustar/" + times("0123456789", 9) + "/" + times("abcdefghi/", 5) + "leaf", "split\n")
        ),
        in_dialect(gnu, tar_file(long_folder + "gnu", "a long name of GNU tar\n")),
        tar_file(long_folder + "pax-" + times("x", 90), "a long name of pax\n"),
        in_dialect(gnu, tar_file(very_long + "gnu", "over 256 bytes\n")),
        tar_file(very_long + "pax", "over 256 bytes\n"),
        tar_file("long/" + name_255, "the longest component\n"),
        in_dialect(gnu, tar_symlink("long/gnu-target", times("../", 2) + very_long + "gnu")),
        tar_symlink("long/pax-target", times("x/", 120) + "end"),
        in_dialect(gnu, tar_hard_link("long/gnu-link", very_long + "gnu")),
        tar_hard_link("long/pax-link", very_long + "pax"),
        in_dialect(gnu, tar_file("bytes/caf\xE9", "Latin-1\n")),
        in_dialect(ustar, tar_file("bytes/\xFF\xFE\x80", "no UTF-8\n")),
        tar_file("bytes/pax-\xC3\x28", "no UTF-8 in a pax record\n"),
        in_dialect(gnu, tar_hard_link("bytes/link-\xE9", "bytes/caf\xE9")),
        tar_file("bytes/na\xC3\xAFve<&>.txt", "UTF-8\n"),
        tar_file("bytes/line\xE2\x80\xA8separator", "U+2028\n"),
        tar_file("bytes/new\nline", "a newline\n"),
        in_dialect(gnu, tar_file("bytes/tab\tescape\x1B[31m", "control bytes\n")),
        tar_file("bytes/quote\"back\\slash", "quotes\n"),
        tar_file("bytes/ leading and trailing ", "blanks\n"),
        tar_symlink("bytes/symlink", "to\nnewline \xE2\x98\x83"),
        tar_file("no/folders/of/its/own", "implicit folders\n"),
        tar_file("later/file", "its folder comes later\n"),
        tar_folder("later/", 0700),
        tar_folder("real/"),
        tar_symlink("through", "real"),
        tar_file("through/file", "written through a link\n"),
        global_header("pax_global_header"),
        tar_file("after-global", "x"),
    });
}

LayerPtr attributes_layer() {
    using enum TarDialect;
    const std::int64_t big = 3'000'000;
    return make_layer({
        tar_folder("modes/", 0),
        tar_file("modes/zero", "mode 0\n", 0),
        tar_file("modes/all", "every bit\n", 07777),
        tar_file("modes/setgid", "setgid\n", 02711),
        tar_folder("modes/sticky/", 01777),
        tar_folder("modes/setgid-folder/", 02775),
        tar_folder("owners/"),
        owned(tar_file("owners/pax", "ids above 2 million\n"), big, big + 1),
        owned(in_dialect(gnu, tar_file("owners/gnu", "base-256 ids\n")), big + 2, 4'000'000'000),
        owned(tar_folder("owners/folder/"), big, big),
        owned(tar_symlink("owners/symlink", "pax"), big, 5),
        owned(tar_node('3', "owners/device", 10, 229), 7, 8),
        tar_folder("times/"),
        at_time(tar_file("times/fraction", "fraction\n"), 1'234'567'890, 123'456'789),
        at_time(tar_file("times/epoch", "0\n"), 0),
        at_time(tar_file("times/negative", "1969\n"), -2, 500'000'000),
        at_time(in_dialect(gnu, tar_file("times/gnu-negative", "1960\n")), -315'619'200),
        at_time(tar_file("times/2242", "far\n"), 8'600'000'000),
        at_time(tar_file("times/2500", "farther\n"), 16'725'225'600),
        at_time(in_dialect(gnu, tar_file("times/gnu-2500", "farther\n")), 16'725'225'600),
        at_time(tar_symlink("times/symlink-negative", "epoch"), -1000, 250'000'000),
        at_time(tar_symlink("times/symlink-2242", "epoch"), 8'600'000'000, 1),
        at_time(tar_folder("times/folder/"), 86'400, 999'999'999),
        at_time(tar_folder("times/folder-negative/"), -86'400),
        tar_file("times/folder-negative/file", "keeps not its folder's time\n"),
        at_time(tar_node('6', "times/fifo", 0, 0), 100),
        tar_folder("xattrs/"),
        with_xattrs(
            tar_file("xattrs/capability", "cap\n", 0755), {{"security.capability", capability_value(10)}}
        ),
        with_xattrs(tar_file("xattrs/high", "cap\n", 0755), {{"security.capability", capability_value(38)}}),
        with_xattrs(
            owned(tar_file("xattrs/user", "user\n"), 1000, 1000),
            {{"user.one", "1"},
             {"user.binary", std::string("\0\x01\xFF\n=", 5)},
             {"user.long", times("v", 900)}}
        ),
        with_xattrs(tar_folder("xattrs/folder/"), {{"user.of", "a folder"}}),
        with_xattrs(tar_file("xattrs/trusted", "trusted\n"), {{"trusted.mine", "yes"}}),
        with_xattrs(tar_file("xattrs/empty", "empty value\n"), {{"user.empty", ""}}),
        with_xattrs(
            tar_file("xattrs/lost", "its link takes it\n"), {{"security.capability", capability_value(1)}}
        ),
        tar_hard_link("xattrs/lost-link", "xattrs/lost"),
        with_xattrs(
            tar_file("xattrs/kept", "its link carries it\n"), {{"security.capability", capability_value(2)}}
        ),
        with_xattrs(
            tar_hard_link("xattrs/kept-link", "xattrs/kept"), {{"security.capability", capability_value(2)}}
        ),
    });
}

LayerPtr links_layer() {
    using enum TarDialect;
    TarItem other_mode = tar_hard_link("links/b/own-mode", "links/a/file", 0751);
    other_mode.uid = 12;
    other_mode.mtime = 1'500'000'000;
    return make_layer({
        tar_folder("links/"),
        tar_folder("links/a/"),
        tar_folder("links/b/"),
        tar_file("links/a/file", "one inode, three names\n", 0600),
        tar_hard_link("links/b/file", "links/a/file", 0600),
        other_mode,
        tar_hard_link("links/rooted", "/links/a/file", 0751),
        tar_symlink("links/symlink", "a/file"),
        tar_hard_link("links/to-symlink", "links/symlink", 0777),
        tar_symlink("links/dangling", "/no/such/file"),
        tar_symlink("links/loop", "loop"),
        tar_file("links/empty", ""),
        tar_hard_link("links/empty-link", "links/empty"),
        tar_folder("nodes/"),
        tar_node('3', "nodes/char", 1, 5),
        in_dialect(gnu, tar_node('3', "nodes/high-minor", 300, 70'000)),
        in_dialect(ustar, tar_node('4', "nodes/block", 8, 17)),
        tar_node('6', "nodes/fifo", 0, 0),
        tar_hard_link("nodes/fifo-link", "nodes/fifo"),
        tar_file("large", times("0123456789abcdef", 20'000)),
    });
}

SampleImage image(const std::string& tag, std::vector<LayerPtr> layers) {
    SampleImage result;
    result.tags = {tag};
    result.layers = std::move(layers);
    finish_image(result, "/bin/true");
    return result;
}

// Layers that change what lies below them, and tars that end in every way.
std::vector<LayerPtr> changing_layers() {
    const LayerPtr empty = make_layer({});
    TarItem owned_whiteout = tar_whiteout("d/by-user");
    owned_whiteout.uid = 1000;
    return {
        make_layer(
            {tar_file("x", "a file\n"),
             tar_folder("y/"),
             tar_file("y/inside", "below a folder\n"),
             tar_folder("d/"),
             tar_file("d/one", "1\n"),
             tar_file("d/two", "2\n"),
             tar_file("d/by-user", "3\n"),
             tar_folder("o/"),
             tar_file("o/hidden", "hidden\n"),
             tar_symlink("s", "d")}
        ),
        empty,
        make_layer(
            {tar_folder("x/"),
             tar_file("x/now-a-folder", "in it\n"),
             tar_file("y", "now a file\n"),
             tar_whiteout("d/one"),
             owned_whiteout,
             tar_whiteout("d/never-was"),
             tar_folder("o/"),
             tar_opaque("o"),
             tar_file("o/new", "new\n"),
             tar_folder("s/"),
             tar_file("s/was-a-link", "a folder\n")}
        ),
        make_layer(
            {tar_file("x", "a file again\n"), tar_folder("y/"), tar_file("y/inside", "again\n")},
            {3000, true, ""}
        ),
        make_layer(
            {tar_whiteout("w"), tar_folder("w/"), tar_file("w/file", "in place of its whiteout\n")},
            {20, true, ""}
        ),
        make_layer({tar_file("no-end", "no end-of-archive blocks\n")}, {0, true, ""}),
        make_layer({tar_file("no-padding", "cut behind the last byte\n")}, {0, false, ""}),
        make_layer({tar_file("one-block", "a single zero block\n")}, {1, true, ""}),
        make_layer({tar_file("garbage", "bytes behind the end\n")}, {2, true, "anything at all\n"}),
        make_layer({tar_opaque("implicit/deep"), tar_file("implicit/deep/file", "opaque, without a member\n")}
        ),
        make_layer({tar_whiteout("implicit/deep/file"), tar_whiteout("gone/without/folders")}),
        empty,
        make_layer(
            {tar_symlink("replaced/sub/l", "x"), tar_file("replaced", "a file in the place of a folder\n")}
        ),
    };
}

}  // namespace

ImageSet torture_images() {
    ImageSet set;
    const std::vector<LayerPtr> changing = changing_layers();
    set.images = {
        image("torture/names:1", {names_layer()}),
        image("torture/attributes:1", {attributes_layer()}),
        image("torture/links:1", {links_layer(), names_layer(), attributes_layer()}),
        image("torture/layers:1", changing),
        image("torture/layers:2", {changing.begin(), changing.begin() + 4}),
        image("torture/empty:1", {make_layer({})}),
    };
    set.containers = {{"t1", "torture/layers:1", {}}};
    return set;
}

}  // namespace drydock
