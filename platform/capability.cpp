#include "platform/capability.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>

namespace drydock {

namespace {

bool has_sys_admin() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
    return (data[0].effective & (std::uint32_t{1} << CAP_SYS_ADMIN)) != 0;
}

// user_namespaces(7): the first namespace maps all ids to themselves. Without /proc nothing tells of
// another one.
bool in_first_user_namespace() {
    std::ifstream in("/proc/self/uid_map");
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    if (!(in >> inside >> outside >> count)) return true;
    return inside == 0 && outside == 0 && count == 0xffffffff;
}

}  // namespace

bool can_see_trusted_attributes() {
    return has_sys_admin() && in_first_user_namespace();
}

}  // namespace drydock
