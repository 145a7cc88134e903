// What an interrupted run had begun is ended before anything else is done.
#pragma once

#include "platform/dir.hpp"
#include "scanner/scan.hpp"

#include <vector>

namespace drydock {

// Takes the locks if there is something to end; says on stderr what was. Throws what the transaction throws.
void end_interrupted(const ReadDir& root, const std::vector<StoreLocation>& stores);

}  // namespace drydock
