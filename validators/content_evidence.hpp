// The evidence of content findings: what the tar says beside what lies on disk, as short text.
#pragma once

#include "model/finding.hpp"
#include "platform/dir.hpp"
#include "validators/attributes.hpp"
#include "validators/layer_stream.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// "mode=0755 uid=0" on both sides, with the fields that differ and no others.
struct AttributeDifference {
    std::string expected;
    std::string actual;

    [[nodiscard]] bool empty() const noexcept { return expected.empty(); }
};

[[nodiscard]] AttributeDifference
compare_ownership(const ExpectedInode& inode, const FileStat& stat, const IdShift& ids);

// The same question without the words.
[[nodiscard]] bool same_ownership(const ExpectedInode& inode, const FileStat& stat, const IdShift& ids);

void append_field(std::string& text, std::string_view name, std::int64_t value);

// Attribute values as 0x... bytes, cut where they are long.
void append_xattrs(const std::vector<XattrDifference>& differences, AttributeDifference& difference);

[[nodiscard]] Damage damage_of(PayloadProblem::Kind kind);

void describe_payload(const ExpectedInode& inode, const PayloadProblem& problem, Finding& finding);

}  // namespace drydock
