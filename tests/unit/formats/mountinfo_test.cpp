#include "formats/mountinfo.hpp"

#include <catch2/catch.hpp>

namespace drydock {

TEST_CASE("Overlay mounts are read out of mountinfo, and nothing else") {
    const auto mounts = parse_overlay_mounts(
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        "600 36 0:50 / /var/lib/docker/overlay2/aa/merged rw,relatime - overlay overlay "
        "rw,lowerdir=/d/overlay2/l/ABC:/d/overlay2/l/DEF,upperdir=/d/overlay2/aa/diff,workdir=/d/overlay2/aa/"
        "work\n"
        "601 36 0:51 / /with\\040space rw shared:5 master:2 - overlay overlay rw,lowerdir=l/A:l/B\n"
        "garbage\n"
    );
    REQUIRE(mounts.size() == 2);
    CHECK(mounts[0].point == "/var/lib/docker/overlay2/aa/merged");
    CHECK(
        mounts[0].layers ==
        std::vector<std::string>{
            "/d/overlay2/l/ABC",
            "/d/overlay2/l/DEF",
            "/d/overlay2/aa/diff",
            "/d/overlay2/aa/work",
        }
    );
    CHECK(mounts[1].point == "/with space");
    CHECK(mounts[1].layers == std::vector<std::string>{"l/A", "l/B"});
    CHECK(parse_overlay_mounts("").empty());
    CHECK(parse_overlay_mounts("1 2 3 4 5 - overlay\n").empty());
}

}  // namespace drydock
