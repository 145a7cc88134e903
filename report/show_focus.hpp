// Which things of a store are shown: those asked for and all that belongs to them. An image brings its
// layers and the containers on it, a layer whoever uses it, a directory its owner; private to `show`.
#pragma once

#include "report/show.hpp"
#include "report/show_usage.hpp"

namespace drydock {

class Focus {
public:
    Focus(const ShownStore& store, const Usage& usage);

    [[nodiscard]] bool all() const noexcept { return all_; }

    [[nodiscard]] bool image(const ImageId& id) const { return all_ || images_.contains(id); }

    [[nodiscard]] bool layer(const ChainId& id) const { return all_ || layers_.contains(id); }

    [[nodiscard]] bool container(const std::string& id) const { return all_ || containers_.contains(id); }

    [[nodiscard]] bool directory(const std::string& name) const {
        return all_ || directories_.contains(name);
    }

    [[nodiscard]] bool snapshot(const BuilderSnapshot& snapshot) const;
    // Of what nobody uses: whether a path that it takes is one of these things.
    [[nodiscard]] bool unused(const Finding& finding) const;

private:
    void add_image(const ImageId& id);
    void add_layer(const ChainId& id);
    void add_container(const std::string& id);
    void add_directory(const std::string& name);
    void add_users(const ChainId& id);

    const Inventory& inventory_;
    const Usage& usage_;
    bool all_;
    std::set<ImageId> images_;
    std::set<ChainId> layers_;
    std::set<std::string> containers_;
    std::set<std::string> directories_;
    std::set<std::string> snapshots_;  // keys
};

}  // namespace drydock
