#include "tests/support/images.hpp"
#include "tests/unit/validators/layer_folder.hpp"
#include "validators/tree_compare.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace drydock {

using namespace test;

namespace {

std::string code(const Finding& finding) {
    return std::string(describe(finding.damage).code);
}

// "content-file-changed etc/hosts", sorted.
std::vector<std::string> told(const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const Finding& finding : findings) {
        result.push_back(
            code(finding) + " " + finding.path.substr(std::min<std::size_t>(5, finding.path.size()))
        );
    }
    std::sort(result.begin(), result.end());
    return result;
}

using Told = std::vector<std::string>;

TarItem with(TarItem item, const std::function<void(TarItem&)>& change) {
    change(item);
    return item;
}

// One of everything.
std::vector<TarItem> sample_items() {
    return {
        tar_folder("etc/"),
        tar_file("etc/hosts", "127.0.0.1 localhost\n"),
        tar_file("etc/empty", ""),
        tar_folder("bin/", 0750),
        with(
            tar_file("bin/ping", "program", 0755),
            [](TarItem& item) {
                item.xattrs = {{"security.capability", capability_value(13)}, {"user.note", "kept"}};
            }
        ),
        tar_hard_link("bin/ping6", "bin/ping", 04755),
        tar_hard_link("etc/ping", "bin/ping", 0755),
        tar_symlink("bin/sh", "busybox"),
        tar_node('3', "null", 1, 3),
        tar_node('4', "disk", 8, 1),
        tar_node('6', "fifo", 0, 0),
        tar_whiteout("etc/old"),
        tar_folder("var/"),
        tar_opaque("var"),
        tar_file("var/data", std::string(1000, 'd')),
        tar_file("without/header/file", "x"),
        with(
            tar_file("owned", "x", 0600),
            [](TarItem& item) {
                item.uid = 3'000'000;
                item.gid = 7;
            }
        ),
    };
}

struct Case {
    std::string told;
    RepairClass repair;
    std::function<void(const LayerFolder&)> damage;
};

}  // namespace

TEST_CASE("a layer as a daemon unpacked it has no finding and proves its digest") {
    const LayerFolder layer(sample_items());
    const StreamResult result = layer.stream();
    CHECK(result.state == StreamResult::State::whole);
    CHECK(result.digest == layer.digest());
    CHECK(result.problems.empty());
    CHECK(result.oddities.empty());
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("everything that a layer can hold is compared without a finding") {
    for (const SampleImage& image : torture_images().images) {
        for (const LayerPtr& one : image.layers) {
            const LayerFolder layer(one->items);
            INFO(image.tags.front());
            CHECK(told(layer.findings()).empty());
        }
    }
}

TEST_CASE("one change on disk is one finding with the right class") {
    using R = RepairClass;
    const auto at = [](const LayerFolder& layer, const std::string& name) { return layer.path(name); };
    const std::vector<Case> cases{
        {"content-file-missing etc/hosts",
         R::needs_donor,
         [&](const auto& l) { must(unlink(at(l, "etc/hosts").c_str()), "unlink"); }},
        {"content-file-missing etc/empty",
         R::rebuild,
         [&](const auto& l) { must(unlink(at(l, "etc/empty").c_str()), "unlink"); }},
        {"content-file-missing bin/sh",
         R::rebuild,
         [&](const auto& l) { must(unlink(at(l, "bin/sh").c_str()), "unlink"); }},
        {"content-file-missing without",
         R::needs_donor,
         [&](const auto& l) { std::filesystem::remove_all(at(l, "without")); }},
        {"content-file-empty etc/hosts",
         R::needs_donor,
         [&](const auto& l) { must(truncate(at(l, "etc/hosts").c_str(), 0), "truncate"); }},
        {"content-file-changed etc/hosts",
         R::needs_donor,
         [&](const auto& l) { must(truncate(at(l, "etc/hosts").c_str(), 5), "truncate"); }},
        {"content-file-changed etc/empty",
         R::rebuild,
         [&](const auto& l) { must(truncate(at(l, "etc/empty").c_str(), 5), "truncate"); }},
        {"content-file-extra etc/new",
         R::quarantine,
         [&](const auto& l) { write_bytes(at(l, "etc/new"), "x", 0644); }},
        {"content-file-extra folder",
         R::quarantine,
         [&](const auto& l) { std::filesystem::create_directories(at(l, "folder/with/more")); }},
        {"content-type-changed bin/sh",
         R::rebuild,
         [&](const auto& l) {
             must(unlink(at(l, "bin/sh").c_str()), "unlink");
             write_bytes(at(l, "bin/sh"), "x", 0644);
         }},
        {"content-type-changed etc/hosts",
         R::needs_donor,
         [&](const auto& l) {
             must(unlink(at(l, "etc/hosts").c_str()), "unlink");
             must(mkdir(at(l, "etc/hosts").c_str(), 0755), "mkdir");
             must(mkdir(at(l, "etc/hosts/below").c_str(), 0755), "mkdir");
         }},
        {"content-type-changed etc/old",
         R::rebuild,
         [&](const auto& l) {
             must(unlink(at(l, "etc/old").c_str()), "unlink");
             must(mknod(at(l, "etc/old").c_str(), S_IFCHR | 0600, makedev(1, 3)), "mknod");
         }},
        {"content-link-changed bin/sh",
         R::rebuild,
         [&](const auto& l) {
             keeping_time(at(l, "bin"), [&] {
                 must(unlink(at(l, "bin/sh").c_str()), "unlink");
                 must(symlink("dash", at(l, "bin/sh").c_str()), "symlink");
                 set_mtime(at(l, "bin/sh"), 1'700'000'000);
             });
         }},
        {"content-link-changed null",
         R::rebuild,
         [&](const auto& l) {
             must(unlink(at(l, "null").c_str()), "unlink");
             must(mknod(at(l, "null").c_str(), S_IFCHR, makedev(1, 5)), "mknod");
             must(chmod(at(l, "null").c_str(), 0644), "chmod");
             set_mtime(at(l, "null"), 1'700'000'000);
         }},
        {"content-attributes-changed owned",
         R::rebuild,
         [&](const auto& l) { must(chmod(at(l, "owned").c_str(), 0644), "chmod"); }},
        {"content-attributes-changed owned",
         R::rebuild,
         [&](const auto& l) { must(chown(at(l, "owned").c_str(), 0, 0), "chown"); }},
        {"content-attributes-changed bin/sh",
         R::rebuild,
         [&](const auto& l) { must(lchown(at(l, "bin/sh").c_str(), 5, 5), "lchown"); }},
        {"content-attributes-changed etc/hosts",
         R::rebuild,
         [&](const auto& l) { set_mtime(at(l, "etc/hosts"), 1'600'000'000); }},
        {"content-attributes-changed etc/hosts",
         R::rebuild,
         [&](const auto& l) { set_attribute(at(l, "etc/hosts"), "user.extra", "1"); }},
        {"content-attributes-changed etc",
         R::rebuild,
         [&](const auto& l) { set_attribute(at(l, "etc"), "trusted.extra", "1"); }},
        {"content-attributes-changed etc",
         R::rebuild,
         [&](const auto& l) { set_attribute(at(l, "etc"), "trusted.overlay.opaque", "y"); }},
        {"content-attributes-changed bin",
         R::rebuild,
         [&](const auto& l) {
             // Mode and time of one folder: one finding.
             must(chmod(at(l, "bin").c_str(), 0700), "chmod");
             set_mtime(at(l, "bin"), 5);
         }},
        {"whiteout-missing etc/old",
         R::rebuild,
         [&](const auto& l) { must(unlink(at(l, "etc/old").c_str()), "unlink"); }},
        {"opaque-missing var",
         R::rebuild,
         [&](const auto& l) {
             must(removexattr(at(l, "var").c_str(), "trusted.overlay.opaque"), "removexattr");
         }},
    };
    for (const Case& one : cases) {
        const LayerFolder layer(sample_items());
        one.damage(layer);
        const auto findings = layer.findings();
        INFO(one.told);
        CHECK(told(findings) == Told{one.told});
        if (findings.size() != 1) continue;
        CHECK(to_text(findings.front().effective_repair()) == to_text(one.repair));
        if (one.repair == RepairClass::needs_donor) CHECK_FALSE(findings.front().witness.has_value());
    }
}

TEST_CASE("a time alone is less than what changes how a file runs") {
    const LayerFolder layer(sample_items());
    set_mtime(layer.path("etc/hosts"), 1'600'000'000);
    set_mtime(layer.path("bin"), 1'600'000'000);
    const auto findings = layer.findings();
    REQUIRE(told(findings) == Told{"content-attributes-changed bin", "content-attributes-changed etc/hosts"});
    CHECK(findings[0].effective_severity() == Severity::note);
    CHECK(findings[1].effective_severity() == Severity::warning);
    CHECK(findings[1].evidence.expected == "mtime=1700000000");
    CHECK(findings[1].evidence.actual == "mtime=1600000000");
}

TEST_CASE("a file of three names with other attributes is one finding") {
    const LayerFolder layer(sample_items());
    SECTION("an owner, which drops the capability with it") {
        must(chown(layer.path("bin/ping6").c_str(), 9, 9), "chown");
    }
    SECTION("an attribute") {
        set_attribute(layer.path("etc/ping"), "user.extra", "1");
    }
    SECTION("a lost attribute") {
        must(removexattr(layer.path("bin/ping").c_str(), "user.note"), "removexattr");
    }
    const auto findings = layer.findings();
    REQUIRE(told(findings) == Told{"content-attributes-changed bin/ping"});
    CHECK(findings.front().evidence.peers == std::vector<std::string>{"diff/bin/ping6", "diff/etc/ping"});
}

TEST_CASE("bytes of a file of three names are one finding, whichever name was read") {
    const LayerFolder layer(sample_items());
    must(truncate(layer.path("etc/ping").c_str(), 0), "truncate");
    // As a power cut leaves it: the time is that of the tar.
    set_mtime(layer.path("etc/ping"), 1'700'000'000);
    const auto findings = layer.findings();
    REQUIRE(told(findings) == Told{"content-file-empty bin/ping"});
    CHECK(findings.front().evidence.peers == std::vector<std::string>{"diff/bin/ping6", "diff/etc/ping"});
    CHECK(findings.front().evidence.expected == "7 bytes");
}

TEST_CASE("a file all of whose names are gone is one finding; one name of several is its own") {
    {
        const LayerFolder layer(sample_items());
        for (const char* name : {"bin/ping", "bin/ping6", "etc/ping"}) {
            must(unlink(layer.path(name).c_str()), name);
        }
        const auto findings = layer.findings();
        REQUIRE(told(findings) == Told{"content-file-missing bin/ping"});
        CHECK(findings.front().evidence.peers.size() == 2);
    }
    const LayerFolder layer(sample_items());
    must(unlink(layer.path("bin/ping6").c_str()), "unlink");
    CHECK(told(layer.findings()) == Told{"content-file-missing bin/ping6"});
}

TEST_CASE("a broken hard link is one finding, and so is one that should not be") {
    {
        const LayerFolder layer(sample_items());
        const std::string name = layer.path("etc/ping");
        keeping_time(layer.path("etc"), [&] {
            must(unlink(name.c_str()), "unlink");
            write_bytes(name, "program", 0755);
            set_mtime(name, 1'700'000'000);
        });
        const auto findings = layer.findings();
        REQUIRE(told(findings) == Told{"content-link-changed bin/ping"});
        CHECK(findings.front().evidence.expected == "one file with these names");
        CHECK(findings.front().evidence.peers.size() == 2);
    }
    // Two equal files joined by a tool that saves space.
    const LayerFolder joined({tar_file("a", "same"), tar_file("b", "same")});
    must(unlink(joined.path("b").c_str()), "unlink");
    must(link(joined.path("a").c_str(), joined.path("b").c_str()), "link");
    const auto findings = joined.findings();
    REQUIRE(told(findings) == Told{"content-link-changed a"});
    CHECK(findings.front().evidence.expected == "separate files");
}

TEST_CASE("a link from outside the layer, sockets and marks of overlayfs are nothing") {
    const LayerFolder layer(sample_items());
    must(link(layer.path("etc/hosts").c_str(), (layer.path("") + "../outside").c_str()), "link");
    must(mknod(layer.path("socket").c_str(), S_IFSOCK | 0755, 0), "mknod");
    set_attribute(layer.path("etc"), "trusted.overlay.impure", "y");
    set_attribute(layer.path("etc/hosts"), "trusted.overlay.origin", "bytes");
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("owner, mode, time and links of a whiteout mean nothing") {
    const LayerFolder layer({tar_whiteout("a"), tar_whiteout("b"), tar_file("f", "x")});
    must(unlink(layer.path("b").c_str()), "unlink");
    must(link(layer.path("a").c_str(), layer.path("b").c_str()), "link");
    must(chown(layer.path("a").c_str(), 5, 5), "chown");
    must(chmod(layer.path("a").c_str(), 0777), "chmod");
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("an implicit folder is compared as nothing but a folder") {
    const LayerFolder layer(sample_items());
    const std::string folder = layer.path("without");
    must(chmod(folder.c_str(), 0700), "chmod");
    must(chown(folder.c_str(), 5, 5), "chown");
    set_mtime(folder, 5);
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("the layer's root folder is never compared") {
    std::vector<TarItem> items{tar_folder("./", 0700), tar_file("./x", "x")};
    const LayerFolder layer(items);
    must(chmod(layer.path("").c_str(), 0777), "chmod");
    set_mtime(layer.path(""), 5);
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("attributes that BuildKit's tars leave out are damage in unpacked layers only") {
    const LayerFolder layer({tar_file("x", "x")});
    set_attribute(layer.path("x"), "user.note", "1");
    CHECK(told(layer.findings(LayerMaker::buildkit)).empty());
    CHECK(told(layer.findings(LayerMaker::unpacked)) == Told{"content-attributes-changed x"});
}

TEST_CASE("an opaque mark that the header itself asks for is right") {
    const LayerFolder layer({with(tar_folder("d/"), [](TarItem& item) {
        item.xattrs = {{"trusted.overlay.opaque", "y"}};
    })});
    CHECK(told(layer.findings()).empty());
}

TEST_CASE("two independent changes are two findings, and lost bytes leave headers unproven") {
    const LayerFolder layer(sample_items());
    must(truncate(layer.path("var/data").c_str(), 0), "truncate");
    set_mtime(layer.path("var/data"), 1'700'000'000);
    must(chmod(layer.path("owned").c_str(), 0644), "chmod");
    const auto findings = layer.findings();
    REQUIRE(told(findings) == Told{"content-attributes-changed owned", "content-file-empty var/data"});
    CHECK(findings[0].effective_repair() == RepairClass::needs_donor);
}

TEST_CASE("a folder that is gone is one finding for all below it") {
    std::vector<TarItem> items{tar_folder("d/")};
    for (int i = 0; i < 20; ++i) {
        items.push_back(tar_file("d/" + std::to_string(i), "bytes"));
    }
    const LayerFolder layer(items);
    std::filesystem::remove_all(layer.path("d"));
    const auto findings = layer.findings();
    REQUIRE(told(findings) == Told{"content-file-missing d"});
    CHECK(findings.front().evidence.detail == "20 names below it are missing with it");
    CHECK(findings.front().effective_repair() == RepairClass::needs_donor);
}

TEST_CASE("a layer that lost everything lists ten thousand findings and counts the rest") {
    std::vector<TarItem> items;
    for (int i = 0; i < 10'050; ++i) {
        items.push_back(tar_file("f" + std::to_string(i), "b"));
    }
    const LayerFolder layer(items);
    for (const TarItem& item : items) {
        must(truncate(layer.path(item.name).c_str(), 0), "truncate");
        set_mtime(layer.path(item.name), item.mtime);
    }
    ContentFindings found = layer.compare();
    CHECK(found.full());
    const auto unlisted = found.unlisted();
    REQUIRE(unlisted.size() == 1);
    CHECK(unlisted.front().count == 50);
    CHECK(unlisted.front().damage == Damage::content_file_empty);
    const auto findings = found.take();
    CHECK(findings.size() == ContentFindings::kMaxListed);
    CHECK(findings.back().evidence.detail->find("10050") != std::string::npos);
}

TEST_CASE("thousands of hard links that lost their bytes are named once each, with a bounded list") {
    std::vector<TarItem> items;
    for (int i = 0; i < 200; ++i) {
        const std::string first = "f" + std::to_string(i);
        items.push_back(tar_file(first, "bytes"));
        for (int k = 0; k < 100; ++k) {
            items.push_back(tar_hard_link("l" + std::to_string(i) + "-" + std::to_string(k), first));
        }
    }
    const LayerFolder layer(items);
    for (int i = 0; i < 200; ++i) {
        const std::string name = layer.path("f" + std::to_string(i));
        must(truncate(name.c_str(), 0), "truncate");
        set_mtime(name, 1'700'000'000);
    }
    const auto findings = layer.findings();
    CHECK(findings.size() == 200);
    std::size_t peers = 0;
    std::size_t cut = 0;
    for (const Finding& finding : findings) {
        peers += finding.evidence.peers.size();
        if (finding.evidence.detail) ++cut;
    }
    CHECK(peers == ContentFindings::kMaxListed);
    CHECK(cut == 100);
}

}  // namespace drydock
