// The findings of one layer's content, in a bounded list: a store that lost everything must not take all
// memory for saying so. What is beyond the bound is counted by kind, so that no sum is wrong.
#pragma once

#include "model/finding.hpp"
#include "model/run_report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

// The findings of one layer. Beyond kMaxListed they are only counted.
class ContentFindings {
public:
    ContentFindings(Subject subject, std::string base_path, std::size_t limit = kMaxListed)
        : subject_(std::move(subject)), base_path_(std::move(base_path)), limit_(limit) {}

    // `name` is the path inside the layer; "" for the layer's directory itself. nullptr when the finding
    // was only counted.
    Finding* add(Damage damage, const std::string& name, std::optional<Severity> severity = {});

    [[nodiscard]] const Subject& subject() const noexcept { return subject_; }

    [[nodiscard]] bool empty() const noexcept { return total_ == 0; }

    // From here on findings are only counted.
    [[nodiscard]] bool full() const noexcept { return findings_.size() >= limit_; }

    // From ROOT.
    [[nodiscard]] std::string path_of(const std::string& name) const {
        return name.empty() ? base_path_ : base_path_ + "/" + name;
    }

    // Ends the list: the last one tells how many there are in all.
    [[nodiscard]] std::vector<Finding> take();

    [[nodiscard]] std::vector<UnlistedFindings> unlisted() const;

    // A store that lost everything must not take all memory for saying so.
    static constexpr std::size_t kMaxListed = 10'000;
    // Of a whole store, shared evenly among its layers: some 500 bytes each.
    static constexpr std::size_t kMaxListedOfStore = 400'000;

private:
    Subject subject_;
    std::string base_path_;
    std::size_t limit_;
    std::vector<Finding> findings_;
    std::map<std::pair<Damage, Severity>, std::uint64_t> unlisted_;
    std::uint64_t total_ = 0;
};

}  // namespace drydock
