// Whether dockerd lists a container, as its records tell; private to `show`. `check` judges, this repeats
// what dockerd does at start.
#pragma once

#include "model/inventory.hpp"

#include <string>

namespace drydock {

// Why a container does not appear in `docker ps -a`; "" where it does. `show` has no proof for anything:
// what could not be read counts as good.
[[nodiscard]] std::string hidden_reason(const Inventory& store, const ContainerRecord& container);

}  // namespace drydock
