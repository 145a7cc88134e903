// Tags of a repositories.json that dockerd cannot read: what is still whole of its text, and what containers
// were made from.
#pragma once

#include "model/inventory.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// Every whole "reference":"sha256:<hex>" of the text, the reference well-formed; sorted by reference. Of a
// reference that stands there with several images none is given. Takes any bytes; at most kMaxSalvaged pairs.
[[nodiscard]] std::vector<TagRecord> salvage_pairs(std::string_view text);

inline constexpr std::size_t kMaxSalvaged = 200'000;

struct SalvagedTags {
    std::vector<TagRecord> tags;  // of images whose config is whole, each with `image` set
    std::string witness;          // where they come from
};

// `text` is what is left of the file.
[[nodiscard]] SalvagedTags salvage_tags(const Inventory& inventory, std::string_view text);

}  // namespace drydock
