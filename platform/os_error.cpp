#include "platform/os_error.hpp"

#include <cerrno>
#include <cstring>

namespace drydock {

bool is_absence(int error) noexcept {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EISDIR:
    case EXDEV:  // openat2: a ".." or an absolute link stopped by RESOLVE_BENEATH
    case ENAMETOOLONG:
    case ENODATA:  // an absent extended attribute
    case ENXIO:    // a socket
        return true;
    default:
        return false;
    }
}

std::string describe_errno(int error) {
    const char* text = strerrordesc_np(error);
    return text != nullptr ? std::string(text) : "error " + std::to_string(error);
}

}  // namespace drydock
