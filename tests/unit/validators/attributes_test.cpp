#include "validators/attributes.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace drydock {

namespace {

bool same_time(std::int64_t expected, std::int64_t actual, FileType type = FileType::regular) {
    return compare_mtime(expected, actual, type) == MtimeMatch::same;
}

constexpr std::int64_t kLast = 9'223'372'036;  // seconds of 2^63-1 ns
constexpr std::int64_t k2038 = 2'147'483'647;
constexpr std::int64_t k1901 = -2'147'483'648;

std::string le16(unsigned value) {
    return {static_cast<char>(value & 255U), static_cast<char>(value >> 8U)};
}

std::string acl_entry(unsigned tag, unsigned permissions, unsigned id = 0xffffffff) {
    return le16(tag) + le16(permissions) + le16(id & 0xffffU) + le16(id >> 16U);
}

std::string acl(const std::vector<std::string>& entries) {
    std::string result("\2\0\0\0", 4);
    for (const std::string& entry : entries) {
        result += entry;
    }
    return result;
}

constexpr unsigned kOwner = 1;
constexpr unsigned kUser = 2;
constexpr unsigned kGroup = 4;
constexpr unsigned kMask = 16;
constexpr unsigned kOther = 32;

std::vector<std::string>
differing(const XattrList& expected, const std::vector<Xattr>& actual, const XattrContext& context = {}) {
    std::vector<std::string> names;
    for (const XattrDifference& difference : compare_xattrs(expected, actual, context)) {
        names.push_back(difference.name);
    }
    return names;
}

using Names = std::vector<std::string>;
const std::string kAcl = "system.posix_acl_access";
const std::string kCap = "security.capability";

}  // namespace

TEST_CASE("a time in range must be kept to the second") {
    for (const FileType type :
         {FileType::regular,
          FileType::directory,
          FileType::symlink,
          FileType::fifo,
          FileType::character_device}) {
        CHECK(same_time(1'700'000'000, 1'700'000'000, type));
        CHECK(same_time(0, 0, type));
        CHECK_FALSE(same_time(1'700'000'000, 1'700'000'001, type));
        CHECK_FALSE(same_time(1'700'000'000, 0, type));
        CHECK_FALSE(same_time(1'700'000'000, k2038, type));
        CHECK_FALSE(same_time(0, k1901, type));
    }
}

TEST_CASE("a time that Go cannot hold in nanoseconds becomes 0 on all but symlinks") {
    for (const FileType type : {FileType::regular, FileType::directory, FileType::block_device}) {
        for (const std::int64_t time :
             {std::int64_t{-1}, k1901 - 1, kLast + 1, std::int64_t{99'999'999'999}}) {
            CHECK(same_time(time, 0, type));
            CHECK_FALSE(same_time(time, time, type));
        }
    }
    CHECK_FALSE(same_time(-5, k1901));
}

TEST_CASE("within the last second that Go can hold both outcomes are right") {
    CHECK(same_time(kLast, kLast));
    CHECK(same_time(kLast, 0));
    CHECK_FALSE(same_time(kLast, kLast - 1));
}

TEST_CASE("a symlink keeps a time out of range, or loses it to a newer daemon") {
    CHECK(same_time(-1, -1, FileType::symlink));
    CHECK(same_time(-1, 0, FileType::symlink));
    CHECK_FALSE(same_time(-1, -2, FileType::symlink));
    CHECK(same_time(kLast + 5, 12345, FileType::symlink));
    CHECK(same_time(kLast + 5, 0, FileType::symlink));
    CHECK(same_time(k1901 - 9, k1901, FileType::symlink));
}

TEST_CASE("a file system with 32-bit times clamps") {
    CHECK(same_time(k2038 + 10, k2038));
    CHECK(same_time(k2038 + 10, k2038 + 10));
    CHECK_FALSE(same_time(k2038 + 10, k2038 + 11));
    CHECK(same_time(k2038 + 10, k2038, FileType::symlink));
    CHECK(same_time(k2038, k2038));
}

TEST_CASE("extreme times are compared without overflow") {
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    CHECK(same_time(kMin, 0));
    CHECK(same_time(kMax, 0));
    CHECK(same_time(kMin, k1901, FileType::symlink));
    CHECK_FALSE(same_time(0, kMax));
    CHECK_FALSE(same_time(0, kMin, FileType::symlink));
}

TEST_CASE("an attribute of the tar must be there with its value") {
    CHECK(differing({{"user.a", "1"}}, {{"user.a", "1"}}).empty());
    CHECK(differing({{"user.a", "1"}}, {{"user.a", "2"}}) == Names{"user.a"});
    CHECK(differing({{"user.a", "1"}}, {}) == Names{"user.a"});
    CHECK(differing({{"trusted.b", "1"}}, {}) == Names{"trusted.b"});
    CHECK(differing({{kCap, "x"}}, {}) == Names{kCap});
    CHECK(differing({{"user.a", std::string("1\0", 2)}}, {{"user.a", "1"}}) == Names{"user.a"});
}

TEST_CASE("an attribute that no daemon or kernel could set need not be there") {
    CHECK(differing({{"user.a", ""}}, {}).empty());
    for (const FileType type :
         {FileType::fifo, FileType::character_device, FileType::block_device, FileType::symlink}) {
        CHECK(differing({{"user.a", "1"}}, {}, {.type = type}).empty());
    }
    CHECK(differing({{"user.a", "1"}}, {}, {.type = FileType::directory}) == Names{"user.a"});
    CHECK(differing({{"trusted.a", "1"}}, {}, {.type = FileType::symlink}).empty());
    CHECK(differing({{"trusted.a", "1"}}, {}, {.type = FileType::fifo}) == Names{"trusted.a"});
}

TEST_CASE("labels and hashes of the running system are nobody's business") {
    for (const char* name : {"security.selinux", "security.ima", "security.evm", "security.SMACK64"}) {
        INFO(name);
        CHECK(differing({}, {{name, "label"}}).empty());
        CHECK(differing({{name, "of the builder"}}, {{name, "of this host"}}).empty());
        CHECK(differing({{name, "of the builder"}}, {}).empty());
    }
}

TEST_CASE("marks that overlayfs leaves in an upper folder are nothing") {
    for (const char* name :
         {"trusted.overlay.origin",
          "trusted.overlay.impure",
          "trusted.overlay.uuid",
          "user.overlay.origin",
          "trusted.overlay.opaque",
          "user.fuseoverlayfs.origin"}) {
        INFO(name);
        CHECK(differing({}, {{name, "y"}}, {.type = FileType::directory}).empty());
    }
}

TEST_CASE("an attribute that the tar lacks is damage where a daemon unpacked the layer") {
    const std::vector<Xattr> extra{
        {kCap, "x"},
        {"system.posix_acl_access", "x"},
        {"system.posix_acl_default", "x"},
        {"trusted.b", "x"},
        {"user.a", "x"},
        {"btrfs.compression", "zstd"}
    };
    CHECK(differing({}, extra) == Names{kCap, "trusted.b", "user.a"});
    CHECK(differing({}, extra, {.maker = LayerMaker::buildkit}) == Names{kCap});
}

TEST_CASE("XFS lists an inherited ACL twice, and neither is damage") {
    CHECK(
        differing({}, {{kAcl, "x"}, {"trusted.SGI_ACL_FILE", "x"}, {"trusted.SGI_ACL_DEFAULT", "x"}}).empty()
    );
}

TEST_CASE("an attribute of a symlink's header may stand on what the symlink points to") {
    const XattrSet links{{"user.l", "v"}};
    CHECK(differing({}, {{"user.l", "v"}}, {.link_xattrs = &links}).empty());
    CHECK(differing({}, {{"user.l", "w"}}, {.link_xattrs = &links}) == Names{"user.l"});
    CHECK(differing({}, {{"user.m", "v"}}, {.link_xattrs = &links}) == Names{"user.m"});
}

TEST_CASE("a capability of revision 3 is that of revision 2 with a root id") {
    std::string second("\1\0\0\2", 4);
    second += std::string("\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    std::string third = second;
    third[3] = 3;
    third += std::string("\xa0\x86\1\0", 4);
    CHECK(differing({{kCap, second}}, {{kCap, third}}).empty());
    CHECK(differing({{kCap, third}}, {{kCap, second}}).empty());
    std::string other = third;
    other[5] = 8;
    CHECK(differing({{kCap, second}}, {{kCap, other}}) == Names{kCap});
}

TEST_CASE("a chmod may rewrite what an ACL says of the mode, and nothing else") {
    const std::string named = acl_entry(kUser, 6, 1000);
    const std::string want =
        acl({acl_entry(kOwner, 7), named, acl_entry(kGroup, 5), acl_entry(kMask, 7), acl_entry(kOther, 5)});
    const std::string rewritten =
        acl({acl_entry(kOwner, 6), named, acl_entry(kGroup, 5), acl_entry(kMask, 4), acl_entry(kOther, 0)});
    CHECK(differing({{kAcl, want}}, {{kAcl, rewritten}}).empty());
    const std::string other_user = acl(
        {acl_entry(kOwner, 7),
         acl_entry(kUser, 4, 1000),
         acl_entry(kGroup, 5),
         acl_entry(kMask, 7),
         acl_entry(kOther, 5)}
    );
    CHECK(differing({{kAcl, want}}, {{kAcl, other_user}}) == Names{kAcl});
    const std::string other_group =
        acl({acl_entry(kOwner, 7), named, acl_entry(kGroup, 7), acl_entry(kMask, 7), acl_entry(kOther, 5)});
    CHECK(differing({{kAcl, want}}, {{kAcl, other_group}}) == Names{kAcl});
    CHECK(differing({{kAcl, want}}, {}) == Names{kAcl});
}

TEST_CASE("an ACL that is no more than the mode need not be there") {
    const std::string plain = acl({acl_entry(kOwner, 7), acl_entry(kGroup, 5), acl_entry(kOther, 5)});
    CHECK(differing({{kAcl, plain}}, {}).empty());
    CHECK(differing({{kAcl, "no acl"}}, {}) == Names{kAcl});
    CHECK(differing({{kAcl, ""}}, {}).empty());
}

TEST_CASE("an opaque mark is the value y under either name") {
    CHECK(has_opaque_mark({{"trusted.overlay.opaque", "y"}}));
    CHECK(has_opaque_mark({{"user.overlay.opaque", "y"}}));
    CHECK_FALSE(has_opaque_mark({{"trusted.overlay.opaque", "x"}}));
    CHECK_FALSE(has_opaque_mark({{"trusted.overlay.origin", "y"}}));
    CHECK_FALSE(has_opaque_mark({}));
}

}  // namespace drydock
