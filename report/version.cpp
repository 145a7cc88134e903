// The only file that is compiled with DRYDOCK_VERSION, so that a new version rebuilds only this one.
#include "report/version.hpp"

#ifndef DRYDOCK_VERSION
#error "the build defines DRYDOCK_VERSION for this file"
#endif

namespace drydock {

std::string_view version() {
    return DRYDOCK_VERSION;
}

}  // namespace drydock
