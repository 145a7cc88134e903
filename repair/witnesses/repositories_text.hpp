// repositories.json as dockerd writes it (moby reference/store.go).
#pragma once

#include <map>
#include <string>

namespace drydock {

// Repository -> reference -> image id, as text.
using TagTable = std::map<std::string, std::map<std::string, std::string>>;

// One line without an end: {"Repositories":{"name":{"name:tag":"sha256:..."}}}, keys sorted, escaped as Go's
// encoding/json does. Repositories without a reference are left out. Texts must be UTF-8, as those that
// parse_repositories() gives are.
[[nodiscard]] std::string repositories_text(const TagTable& table);

}  // namespace drydock
