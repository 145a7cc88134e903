// The expected tree of a layer against what lies in its directory: names, types, owners, modes, times,
// link targets, hard-link identity, device numbers, extended attributes, whiteouts, opaque marks. Bytes
// were compared while the stream was read; here their problems are joined with the names.
#pragma once

#include "platform/dir.hpp"
#include "validators/attributes.hpp"
#include "validators/content_findings.hpp"
#include "validators/expected_tree.hpp"
#include "validators/layer_stream.hpp"

namespace drydock {

struct CompareOptions {
    LayerMaker maker = LayerMaker::unpacked;
    TrustedSight trusted = TrustedSight::visible;
    IdShift ids;
    // The layer's bytes hash to its diff id, which proves the headers too.
    bool proven = false;
};

// Compares and reports. `tree` is marked on the way and of no use afterwards.
void compare_tree(
    ExpectedTree& tree,
    const ReadDir& files,
    const StreamResult& stream,
    const CompareOptions& options,
    ContentFindings& findings
);

}  // namespace drydock
