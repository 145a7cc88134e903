#include "formats/bolt.hpp"

#include "formats/bolt_file.hpp"

#include <algorithm>
#include <cstring>

namespace drydock {

std::size_t BoltBytes::read_at(std::uint64_t offset, std::span<char> into) const {
    if (offset >= bytes_.size()) return 0;
    const std::string_view rest = bytes_.substr(offset).substr(0, into.size());
    std::copy(rest.begin(), rest.end(), into.begin());
    return rest.size();
}

namespace bolt {

bool PageSet::add(std::uint64_t page) {
    if (bits_[page]) return false;
    bits_[page] = true;
    return true;
}

bool File::use(std::uint64_t page) {
    if (!used.add(page)) return false;
    ++used_count;
    return true;
}

std::uint64_t File::last_page() const {
    return (source.size() + meta.page_size - 1) / meta.page_size;
}

bool Worst::counts(BoltHarm harm) const noexcept {
    return !fault_ || harm > fault_->harm || harm == BoltHarm::unknown;
}

void Worst::note(BoltFault fault) {
    // After these the walk would only read noise, or what it must not read.
    if (fault.harm == BoltHarm::unknown || fault.harm >= BoltHarm::reading) final_ = true;
    if (!fault_ || fault.harm > fault_->harm) fault_ = std::move(fault);
}

}  // namespace bolt

tl::expected<BoltSummary, BoltFault> walk_bolt(const BoltSource& source, const BoltVisitor& visit) {
    const auto meta = bolt::choose_meta(source);
    if (!meta) return tl::unexpected(meta.error());
    BoltSummary summary;
    summary.page_size = meta->page_size;
    summary.transaction = meta->transaction;
    summary.pages = meta->pages;
    summary.freelist_kept = meta->freelist != bolt::kNoFreelist;
    if (meta->pages > kMaxBoltPages) {
        return tl::unexpected(
            BoltFault{"more than " + std::to_string(kMaxBoltPages) + " pages", 0, BoltHarm::unknown, {}}
        );
    }
    bolt::File file(source, *meta);
    bolt::Worst worst;
    bolt::read_freelist(file, worst);
    if (!worst.final()) bolt::walk_tree(file, visit, summary, worst);
    summary.free_pages = file.free_count;
    const std::uint64_t accounted = bolt::kMetaPages + file.used_count + file.free_count;
    if (summary.freelist_kept && accounted < meta->pages) summary.lost_pages = meta->pages - accounted;
    if (!worst.fault() && summary.lost_pages > 0 && file.empty_leaf) {
        // Each alone is legal. Together they are a page that lost its count.
        const std::string name = "page " + std::to_string(*file.empty_leaf);
        worst.note(
            {name + " has no key, while pages are neither in use nor free",
             *file.empty_leaf * meta->page_size,
             BoltHarm::silent,
             {}}
        );
    }
    if (worst.fault()) {
        BoltFault fault = *worst.fault();
        // Without a freelist bolt reads every page when it opens the database.
        if (!summary.freelist_kept && fault.harm == BoltHarm::reading) fault.harm = BoltHarm::opening;
        return tl::unexpected(std::move(fault));
    }
    return summary;
}

}  // namespace drydock
