// Everything a renderer needs, and nothing it would have to look up: the result of one command.
#pragma once

#include "model/finding.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace drydock {

// Whom a finding hurts. Ids as text; containers as ids; sorted.
struct Victims {
    std::vector<std::string> images;
    std::vector<std::string> tags;
    std::vector<std::string> containers;

    auto operator<=>(const Victims&) const = default;
};

// Many findings of one layer hurt the same; they hold one list between them.
class SharedVictims {
public:
    SharedVictims() : SharedVictims(Victims{}) {}

    // Implicit, as it is the same value.
    SharedVictims(Victims victims)  // NOLINT(google-explicit-constructor): see above
        : victims_(std::make_shared<const Victims>(std::move(victims))) {}

    [[nodiscard]] const Victims& operator*() const noexcept { return *victims_; }

    [[nodiscard]] const Victims* operator->() const noexcept { return victims_.get(); }

private:
    std::shared_ptr<const Victims> victims_;
};

// An image that must be pulled again, or that no registry is known for.
struct ImageLoss {
    std::string image;
    std::vector<std::string> refs;
};

// Findings beyond those that are listed (10,000 a layer); the summary counts them all the same.
struct UnlistedFindings {
    Subject subject;
    Damage damage{};
    Severity severity = Severity::note;
    std::uint64_t count = 0;
};

struct StoreReport {
    std::string path;    // "." or a folder below ROOT
    std::string driver;  // "" for findings where none applies
    Verdict verdict = Verdict::sound;
    std::uint64_t images = 0;
    std::uint64_t tags = 0;
    std::uint64_t layers = 0;
    std::uint64_t containers = 0;
    std::uint64_t driver_directories = 0;
    std::uint64_t bytes_verified = 0;
    bool checked = true;  // false: recognised, but nothing in it was checked

    std::vector<Finding> findings;       // sorted by report_order
    std::vector<SharedVictims> victims;  // one for each finding, by index
    std::vector<UnlistedFindings> unlisted;
    std::map<std::string, std::string> container_names;  // id -> name, for the text
    std::map<std::string, std::string> names_of_layers;  // layer id -> a tag whose image holds it
    std::vector<ImageLoss> repull;
    std::vector<ImageLoss> lost;
};

struct RunReport {
    std::string command;
    std::string root;
    Level level = Level::content;
    bool complete = true;
    bool is_part = false;              // of a report that tells itself what to do
    std::vector<std::string> notices;  // lines for people that precede the findings
    std::vector<StoreReport> stores;   // sorted by path, driver
};

// interface: 4 damage left (damaged and above note), 8 undetermined or operational, 32 not complete.
[[nodiscard]] int exit_code(const RunReport& report);

}  // namespace drydock
