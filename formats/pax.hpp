// The records of a PAX extended header ("%d key=value\n"), as far as they change what Go's archive/tar
// makes of a member (reader.go:parsePAX, mergePAX, readGNUSparsePAXHeaders). The last record of a key
// counts, and an empty one leaves the field of the header as it is. Internal to formats/.
#pragma once

#include "formats/tar_header.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock {

class PaxRecords {
public:
    // False for a record that Go refuses. The values are views of `text`.
    [[nodiscard]] bool parse(std::string_view text);

    // Overrides the fields of `member`; false for a value that is no number or time.
    [[nodiscard]] bool apply(TarMember& member) const;

    // For a GNU sparse member: sets its name and `sparse`. After apply(). False as above.
    [[nodiscard]] bool apply_sparse(TarMember& member) const;

private:
    [[nodiscard]] bool take_record(std::string_view& text);
    [[nodiscard]] bool add(std::string_view key, std::string_view value);
    [[nodiscard]] std::string_view get(std::string_view key) const;

    std::map<std::string_view, std::string_view> fields_;  // the keys that matter
    std::vector<std::pair<std::string_view, std::string_view>> xattrs_;
    std::map<std::string_view, std::size_t> xattr_index_;
    std::size_t sparse_parts_ = 0;  // GNU.sparse.offset and .numbytes of format 0.0, which must alternate
};

}  // namespace drydock
