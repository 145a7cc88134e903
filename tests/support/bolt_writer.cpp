#include "tests/support/bolt_writer.hpp"

#include <stdexcept>
#include <vector>

namespace drydock {

namespace {

constexpr std::size_t kHeader = 16;
constexpr std::size_t kElement = 16;
constexpr std::uint64_t kBranch = 1;
constexpr std::uint64_t kLeaf = 2;
constexpr std::uint64_t kMeta = 4;
constexpr std::uint64_t kFreelist = 16;
constexpr std::size_t kMostIds = 0xFFFF;
constexpr std::size_t kLeastItems = 2;  // that bolt puts into a page before it begins another

struct Item {
    std::string key;
    std::string value;
    std::uint64_t child = 0;
    bool is_bucket = false;
};

using Items = std::vector<Item>;

std::string header(std::uint64_t id, std::uint64_t flags, std::size_t count, std::size_t overflow) {
    std::string bytes(kHeader, '\0');
    put_number(bytes, 0, id, 8);
    put_number(bytes, 8, flags, 2);
    put_number(bytes, 10, count, 2);
    put_number(bytes, 12, overflow, 4);
    return bytes;
}

std::size_t size_of(const Item& item) {
    return kElement + item.key.size() + item.value.size();
}

// The elements of a page or of an inline bucket, with what they point to.
std::string body_of(const Items& items, bool is_leaf) {
    std::string elements(items.size() * kElement, '\0');
    std::string data;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::size_t at = i * kElement;
        const std::size_t distance = elements.size() - at + data.size();
        if (is_leaf) {
            put_number(elements, at, items[i].is_bucket ? 1 : 0, 4);
            put_number(elements, at + 4, distance, 4);
            put_number(elements, at + 8, items[i].key.size(), 4);
            put_number(elements, at + 12, items[i].value.size(), 4);
        } else {
            put_number(elements, at, distance, 4);
            put_number(elements, at + 4, items[i].key.size(), 4);
            put_number(elements, at + 8, items[i].child, 8);
        }
        data += items[i].key + items[i].value;
    }
    return elements + data;
}

class Writer {
public:
    explicit Writer(const BoltShape& shape) : shape_(shape) {}

    std::string write(const BoltBucket& root);

private:
    std::uint64_t add(std::uint64_t flags, std::size_t count, const std::string& body);
    std::uint64_t tree(Items items);
    Items items_of(const BoltBucket& bucket);
    std::string value_of(const BoltBucket& bucket);
    void freelist();
    void meta(std::uint64_t which, std::uint64_t root);

    const BoltShape& shape_;
    std::string file_;
};

// A page at the end of the file, its number.
std::uint64_t Writer::add(std::uint64_t flags, std::size_t count, const std::string& body) {
    const std::size_t size = shape_.page_size;
    const std::uint64_t id = file_.size() / size;
    const std::size_t pages = (kHeader + body.size() + size - 1) / size;
    file_ += header(id, flags, count, pages - 1) + body;
    file_.resize((id + pages) * size, '\0');
    return id;
}

std::uint64_t Writer::tree(Items items) {
    bool is_leaf = true;
    while (true) {
        Items above;
        Items page;
        std::size_t size = kHeader;
        const auto flush = [&] {
            if (page.empty() && !above.empty()) return;
            Item parent;
            parent.key = page.empty() ? "" : page.front().key;
            parent.child = add(is_leaf ? kLeaf : kBranch, page.size(), body_of(page, is_leaf));
            above.push_back(std::move(parent));
            page.clear();
            size = kHeader;
        };
        for (Item& item : items) {
            if (page.size() >= kLeastItems && size + size_of(item) > shape_.page_size) flush();
            size += size_of(item);
            page.push_back(std::move(item));
        }
        flush();
        if (above.size() == 1) return above.front().child;
        items = std::move(above);
        is_leaf = false;
    }
}

Items Writer::items_of(const BoltBucket& bucket) {
    std::map<std::string, Item> sorted;
    for (const auto& [key, value] : bucket.keys) {
        sorted[key] = {.key = key, .value = value};
    }
    for (const auto& [key, inner] : bucket.buckets) {
        sorted[key] = {.key = key, .value = value_of(inner), .is_bucket = true};
    }
    Items items;
    for (auto& [key, item] : sorted) {
        items.push_back(std::move(item));
    }
    return items;
}

std::string Writer::value_of(const BoltBucket& bucket) {
    Items items = items_of(bucket);
    std::string value(16, '\0');
    const std::string body = body_of(items, true);
    if (bucket.buckets.empty() && kHeader + body.size() <= shape_.page_size / 4) {
        return value + header(0, kLeaf, items.size(), 0) + body;
    }
    put_number(value, 0, tree(std::move(items)), 8);
    return value;
}

void Writer::freelist() {
    const std::size_t count = shape_.free_pages;
    const std::size_t in_front = count < kMostIds ? 0 : 1;
    const std::size_t size = kHeader + (count + in_front) * 8;
    const std::uint64_t first =
        file_.size() / shape_.page_size + (size + shape_.page_size - 1) / shape_.page_size;
    std::string body((count + in_front) * 8, '\0');
    if (in_front != 0) put_number(body, 0, count, 8);
    for (std::size_t i = 0; i < count; ++i) {
        put_number(body, (i + in_front) * 8, first + i, 8);
    }
    add(kFreelist, in_front == 0 ? count : kMostIds, body);
}

void Writer::meta(std::uint64_t which, std::uint64_t root) {
    std::string page = header(which, kMeta, 0, 0);
    page.resize(shape_.page_size, '\0');
    put_number(page, 16, 0xED0CDAED, 4);
    put_number(page, 20, 2, 4);
    put_number(page, kBoltPageSizeAt, shape_.page_size, 4);
    put_number(page, kBoltRootAt, root, 8);
    put_number(page, kBoltFreelistAt, shape_.keep_freelist ? 2 : ~std::uint64_t{0}, 8);
    put_number(page, kBoltPagesAt, file_.size() / shape_.page_size, 8);
    put_number(page, kBoltTransactionAt, shape_.transaction + which - 1, 8);
    seal_bolt_meta(page, 0);
    file_.replace(which * shape_.page_size, shape_.page_size, page);
}

std::string Writer::write(const BoltBucket& root) {
    file_.assign(2 * shape_.page_size, '\0');
    freelist();
    // What was freed keeps its bytes.
    file_.append(shape_.free_pages * shape_.page_size, '\x5a');
    const std::uint64_t top = tree(items_of(root));
    meta(0, top);
    meta(1, top);
    file_.append(shape_.unused_pages * shape_.page_size, '\0');
    return std::move(file_);
}

}  // namespace

void put_number(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        bytes.at(at + i) = static_cast<char>(value >> (8 * i) & 0xFFU);
    }
}

std::uint64_t get_number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << (8 * i);
    }
    return value;
}

void seal_bolt_meta(std::string& bytes, std::size_t offset) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (std::size_t i = kHeader; i < kBoltChecksumAt; ++i) {
        hash = (hash ^ static_cast<unsigned char>(bytes.at(offset + i))) * 0x100000001b3;
    }
    put_number(bytes, offset + kBoltChecksumAt, hash, 8);
}

std::string write_bolt(const BoltBucket& root, const BoltShape& shape) {
    return Writer(shape).write(root);
}

BoltBucket parse_bolt_text(std::string_view text) {
    BoltBucket root;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        if (line.empty()) continue;
        const std::size_t equals = line.find('=');
        std::string_view path = line.substr(0, equals);
        if (equals == line.npos && !path.ends_with('/')) {
            throw std::runtime_error("neither key=value nor bucket/: " + std::string(line));
        }
        BoltBucket* bucket = &root;
        for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
            bucket = &bucket->buckets[std::string(path.substr(0, slash))];
            path.remove_prefix(slash + 1);
        }
        if (equals != line.npos) bucket->keys[std::string(path)] = line.substr(equals + 1);
    }
    return root;
}

}  // namespace drydock
