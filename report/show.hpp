// What lies in a store, without judging it: images, layers, containers, driver directories, who uses what
// and how much room it takes by the records. Text for people, "drydock.show.v1" for programs.
#pragma once

#include "model/inventory.hpp"
#include "report/text_writer.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace drydock {

void write_show_text(const std::vector<Inventory>& stores, std::ostream& out, const TextStyle& style);
void write_show_json(const std::string& root, const std::vector<Inventory>& stores, std::ostream& out);

}  // namespace drydock
