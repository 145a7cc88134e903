// The walk through a bolt database's buckets. Each page is visited once, so that time and depth stay
// bounded whatever the pages say; a fault that bolt would read past does not end the walk, since one that
// it stumbles over may follow.
#include "formats/bolt_file.hpp"

#include <algorithm>

namespace drydock::bolt {

namespace {

// The keys that a page may have: from `least` on, below `limit`.
struct Bounds {
    std::optional<std::string_view> least;
    std::optional<std::string_view> limit;
};

// A branch or a leaf in memory: a page, or what an inline bucket has instead.
struct Node {
    std::string_view bytes;    // as a memory map shows them: NUL bytes behind the end of the file
    std::size_t real = 0;      // bytes that the file has
    std::uint64_t size = 0;    // bytes that belong to the node
    std::uint64_t offset = 0;  // in the file
    std::uint16_t flags = 0;
    std::uint16_t count = 0;
    std::string name;  // "page 7", for messages
    bool is_inline = false;
};

struct Element {
    std::string_view key;
    std::string_view value;
    std::uint64_t child = 0;
    bool is_bucket = false;
};

class Walk {
public:
    Walk(File& file, const BoltVisitor& visit, BoltSummary& summary, Worst& worst)
        : file_(file), visit_(visit), summary_(summary), worst_(worst) {}

    void page(std::uint64_t id, const Bounds& bounds);

private:
    void note(BoltHarm harm, std::string what, std::uint64_t offset);
    bool enter(std::uint64_t id);
    bool claim(std::uint64_t id, const PageHeader& header);
    void load(std::uint64_t id, const Bounds& bounds);
    void elements(const Node& node, const Bounds& bounds);
    bool table(const Node& node);
    bool extent(const Node& node, std::uint64_t begin, std::uint64_t end);
    bool element(const Node& node, std::size_t index, std::uint64_t& next, Element& result);
    bool in_order(const Node& node, const Element& now, const Element& before, const Bounds& bounds);
    void branch(const Node& node, const Bounds& bounds);
    void leaf(const Node& node, const Bounds& bounds);
    void bucket(const Node& node, const Element& entry);
    void inline_bucket(const Node& node, const Element& entry);

    File& file_;
    const BoltVisitor& visit_;
    BoltSummary& summary_;
    Worst& worst_;
    std::vector<std::string> buckets_;
    std::vector<std::uint64_t> path_;  // the pages above, the root first
    std::uint64_t held_ = 0;           // bytes of them
};

void Walk::note(BoltHarm harm, std::string what, std::uint64_t offset) {
    // Names of buckets may be long, and faults many.
    if (worst_.counts(harm)) worst_.note({std::move(what), offset, harm, buckets_});
}

// Whether the page may be read at all.
bool Walk::enter(std::uint64_t id) {
    const std::string name = "page " + std::to_string(id);
    const std::uint64_t above = path_.empty() ? 0 : path_.back() * file_.meta.page_size;
    if (path_.size() + buckets_.size() >= kMaxBoltDepth) {
        note(BoltHarm::unknown, "more than " + std::to_string(kMaxBoltDepth) + " levels", above);
    } else if (id < kMetaPages || id >= file_.meta.pages) {
        note(BoltHarm::reading, name + " is named as part of the tree and is no page in use", above);
    } else if (std::find(path_.begin(), path_.end(), id) != path_.end()) {
        note(BoltHarm::reading, name + " is named below itself", above);
    } else if (id == file_.meta.freelist) {
        note(BoltHarm::reading, name + " is named as part of the tree and is the freelist", above);
    } else if (file_.used.contains(id)) {
        // Which of the two is wrong nobody knows.
        note(BoltHarm::silent, name + " is part of the tree twice", above);
    } else {
        return true;
    }
    return false;
}

void Walk::page(std::uint64_t id, const Bounds& bounds) {
    if (!enter(id)) return;
    path_.push_back(id);
    load(id, bounds);
    path_.pop_back();
}

// Marks the page with its overflow as used and judges its header; false where its bytes are not to be read.
// Only pages of the file that no other has are marked and read, so that a walk costs no more than the file.
bool Walk::claim(std::uint64_t id, const PageHeader& header) {
    const std::uint64_t offset = id * file_.meta.page_size;
    const std::string name = "page " + std::to_string(id);
    file_.use(id);
    if ((header.flags & (kBranch | kLeaf)) == 0) {
        note(BoltHarm::reading, name + " is " + std::string(describe_page(header.flags)), offset);
        return false;
    }
    if (header.flags != kBranch && header.flags != kLeaf) {
        note(BoltHarm::silent, name + " has several types", offset);
    }
    if (header.id != id) {
        note(BoltHarm::silent, name + " calls itself page " + std::to_string(header.id), offset);
    }
    if (header.overflow >= file_.meta.pages - id) {
        note(BoltHarm::silent, name + " ends behind the last page in use", offset);
        return false;
    }
    const std::uint64_t last = id + header.overflow;
    const std::uint64_t there = std::min(last, file_.last_page());
    std::uint64_t page = id;
    std::optional<std::uint64_t> is_free;
    while (page <= there && (page == id || file_.use(page))) {
        if (!is_free && file_.free.contains(page)) is_free = page;
        ++page;
    }
    if (is_free) {
        note(BoltHarm::silent, "page " + std::to_string(*is_free) + " is in use and in the freelist", offset);
    }
    if (page <= there) {
        note(BoltHarm::silent, "page " + std::to_string(page) + " is part of two others", offset);
        return false;
    }
    // What has its keys there is told when they are read, by what a memory map shows.
    if (last > there) note(BoltHarm::silent, name + " is cut off by the end of the file", offset);
    return true;
}

void Walk::load(std::uint64_t id, const Bounds& bounds) {
    const std::uint64_t offset = id * file_.meta.page_size;
    std::string bytes(kHeaderBytes, '\0');
    if (file_.source.read_at(offset, bytes) < kHeaderBytes) {
        note(BoltHarm::reading, "page " + std::to_string(id) + " lies behind the end of the file", offset);
        return;
    }
    const PageHeader header = parse_header(bytes);
    if (!claim(id, header)) return;
    const std::uint64_t size = (std::uint64_t{header.overflow} + 1) * file_.meta.page_size;
    const std::uint64_t left = file_.source.size() > offset ? file_.source.size() - offset : 0;
    const std::uint64_t mapped = (left + kMemoryPage - 1) / kMemoryPage * kMemoryPage;
    const std::uint64_t needed = std::min(size, mapped);
    if (held_ + needed > kMaxBoltHeldBytes) {
        note(BoltHarm::unknown, "page " + std::to_string(id) + " and those above it are too large", offset);
        return;
    }
    held_ += needed;
    bytes.assign(needed, '\0');
    Node node;
    node.real = file_.source.read_at(offset, bytes);
    node.bytes = bytes;
    node.size = size;
    node.offset = offset;
    node.flags = header.flags;
    node.count = header.count;
    node.name = "page " + std::to_string(id);
    elements(node, bounds);
    held_ -= needed;
}

void Walk::elements(const Node& node, const Bounds& bounds) {
    // bolt asks for the leaf's flag first.
    if ((node.flags & kLeaf) != 0) {
        leaf(node, bounds);
    } else {
        branch(node, bounds);
    }
}

// Whether all elements that the node counts are in it. With a count that is noise bolt reads noise for
// places, and those it follows.
bool Walk::table(const Node& node) {
    const std::uint64_t end = kHeaderBytes + node.count * kElementBytes;
    if (end <= node.size) return extent(node, kHeaderBytes, end);
    note(BoltHarm::reading, node.name + " counts more keys than it has room for", node.offset);
    return false;
}

// Whether the node has these bytes.
bool Walk::extent(const Node& node, std::uint64_t begin, std::uint64_t end) {
    if (end > node.size) {
        const bool mapped = !node.is_inline && node.offset + end <= file_.source.size();
        note(
            mapped ? BoltHarm::silent : BoltHarm::reading,
            node.name + " has a key or value that leaves it",
            node.offset
        );
        return false;
    }
    if (end > node.real && end > begin) {
        note(
            end > node.bytes.size() ? BoltHarm::reading : BoltHarm::silent,
            node.name + " is cut off by the end of the file",
            node.offset
        );
        return false;
    }
    return true;
}

// The element at `index`, whose key has to lie at `next`: bolt puts keys and values one behind another.
bool Walk::element(const Node& node, std::size_t index, std::uint64_t& next, Element& result) {
    const bool is_leaf = (node.flags & kLeaf) != 0;
    const std::uint64_t at = kHeaderBytes + index * kElementBytes;
    const std::size_t first = is_leaf ? 4 : 0;
    const std::uint64_t key = at + number32(node.bytes, at + first);
    const std::uint64_t value = key + number32(node.bytes, at + first + 4);
    const std::uint64_t end = value + (is_leaf ? number32(node.bytes, at + 12) : 0);
    if (!extent(node, key, end)) return false;
    if (key != next) {
        note(BoltHarm::silent, node.name + " has keys or values at wrong places", node.offset);
        return false;
    }
    if (value == key) {
        note(BoltHarm::silent, node.name + " has an empty key", node.offset);
        return false;
    }
    next = end;
    result.key = node.bytes.substr(key, value - key);
    if (is_leaf) {
        result.value = node.bytes.substr(value, end - value);
        result.is_bucket = (number32(node.bytes, at) & 1U) != 0;
    } else {
        result.child = number64(node.bytes, at + 8);
    }
    return true;
}

bool Walk::in_order(const Node& node, const Element& now, const Element& before, const Bounds& bounds) {
    const bool good = (before.key.empty() || before.key < now.key) &&
                      (!bounds.least || *bounds.least <= now.key) &&
                      (!bounds.limit || now.key < *bounds.limit);
    if (!good) note(BoltHarm::silent, node.name + " has keys that are not in order", node.offset);
    return good;
}

void Walk::branch(const Node& node, const Bounds& bounds) {
    if (node.count == 0) {
        note(BoltHarm::reading, node.name + " is a branch to nowhere", node.offset);
        return;
    }
    if (!table(node)) return;
    std::uint64_t next = kHeaderBytes + node.count * kElementBytes;
    Element before;
    for (std::size_t i = 0; i < node.count; ++i) {
        Element now;
        if (!element(node, i, next, now) || !in_order(node, now, before, bounds)) return;
        // The child of the one before ends where this one begins.
        if (i > 0) page(before.child, {before.key, now.key});
        if (worst_.final()) return;
        before = now;
    }
    page(before.child, {before.key, bounds.limit});
}

void Walk::leaf(const Node& node, const Bounds& bounds) {
    if (!table(node)) return;
    std::uint64_t next = kHeaderBytes + node.count * kElementBytes;
    if (node.count == 0 && !node.is_inline) file_.empty_leaf = node.offset / file_.meta.page_size;
    Element before;
    for (std::size_t i = 0; i < node.count && !worst_.final(); ++i) {
        Element now;
        if (!element(node, i, next, now) || !in_order(node, now, before, bounds)) return;
        before = now;
        if (visit_)
            visit_({buckets_, now.key, now.is_bucket ? std::string_view() : now.value, now.is_bucket});
        if (now.is_bucket) {
            ++summary_.buckets;
            bucket(node, now);
        } else {
            ++summary_.keys;
        }
    }
    if (node.is_inline && next != node.size) {
        note(BoltHarm::silent, node.name + " has bytes that no key has", node.offset);
    }
}

void Walk::bucket(const Node& node, const Element& entry) {
    if (node.is_inline) {
        note(BoltHarm::silent, node.name + " has a bucket in a bucket that cannot have one", node.offset);
        return;
    }
    if (entry.value.size() < kBucketBytes) {
        note(BoltHarm::reading, node.name + " has a bucket that is cut off", node.offset);
        return;
    }
    buckets_.emplace_back(entry.key);
    const std::uint64_t root = number64(entry.value, 0);
    if (root == 0) {
        inline_bucket(node, entry);
    } else {
        page(root, {});
    }
    buckets_.pop_back();
}

void Walk::inline_bucket(const Node& node, const Element& entry) {
    const std::string_view bytes = entry.value.substr(kBucketBytes);
    if (bytes.size() < kHeaderBytes) {
        note(BoltHarm::reading, node.name + " has a bucket that is cut off", node.offset);
        return;
    }
    const PageHeader header = parse_header(bytes);
    if (header.flags != kLeaf) {
        const bool is_leaf = (header.flags & kLeaf) != 0;
        note(
            is_leaf ? BoltHarm::silent : BoltHarm::reading,
            node.name + " has a bucket in it that is no leaf",
            node.offset
        );
        return;
    }
    if (header.id != 0) {
        note(BoltHarm::silent, node.name + " has a bucket in it that calls itself a page", node.offset);
    }
    Node inner;
    inner.bytes = bytes;
    inner.real = bytes.size();
    inner.size = bytes.size();
    inner.offset = node.offset;
    inner.flags = header.flags;
    inner.count = header.count;
    inner.name = "a bucket in " + node.name;
    inner.is_inline = true;
    leaf(inner, {});
}

}  // namespace

void walk_tree(File& file, const BoltVisitor& visit, BoltSummary& summary, Worst& worst) {
    Walk(file, visit, summary, worst).page(file.meta.root, {});
}

}  // namespace drydock::bolt
