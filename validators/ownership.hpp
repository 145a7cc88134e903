// Who keeps each layer and each driver directory: layer records, containers, BuildKit, and what kept
// directories stand on. Whatever could not be read, or is absent where it should not be, keeps all that
// it might own: only what is left is without an owner.
#pragma once

#include "model/finding.hpp"
#include "validators/metadata.hpp"
#include "validators/store_graph.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace drydock {

// The form of name that dockerd gives a driver directory.
enum class DirectoryName : std::uint8_t {
    layer,    // 64 hexadecimal digits: a layer or a container's writable layer
    init,     // the same and "-init"
    builder,  // 25 characters [0-9a-z]: BuildKit's, which may be a layer too
    foreign,  // none of dockerd's: lost+found, a folder of the user's
};

[[nodiscard]] DirectoryName form_of(std::string_view directory);

enum class Keeper : std::uint8_t {
    somebody,
    perhaps,  // somebody who cannot be asked
    nobody,
};

class Ownership {
public:
    // `found` are the findings so far: a record with damage keeps what it stands on. A lost cache-id that
    // one of them has proven (evidence.expected with a witness of bytes) is no longer lost.
    Ownership(const StoreGraph& graph, const StoreFoundation& foundation, const std::vector<Finding>& found);

    // Of a layer by index: an image, a container, BuildKit, or a layer that one of them keeps.
    [[nodiscard]] Keeper of_layer(std::size_t layer) const;
    // Of a driver directory. A record under removal, or one that was never finished, keeps nothing.
    [[nodiscard]] Keeper of_directory(const DriverDirectory& directory) const;
    // The same, but for what one record itself names: a layer, or a mount record (either kind of directory).
    [[nodiscard]] Keeper of_directory_without(
        const DriverDirectory& directory, DirectoryOwner::Kind kind, std::size_t index
    ) const;
    // Whether each image that left a trace tells what layers it has.
    [[nodiscard]] bool all_images_told() const;

    // Whether a record that was never finished, or is being removed, names the directory.
    [[nodiscard]] bool is_leftover(std::string_view directory) const;

    // BuildKit's own snapshot of this name.
    [[nodiscard]] bool is_builders(std::string_view name) const {
        return builders_.contains(std::string(name));
    }

private:
    void note_lost_names(const std::vector<Finding>& found);
    [[nodiscard]] bool any_layer_directory_lost(const std::vector<Finding>& found);
    [[nodiscard]] bool any_container_directory_lost() const;
    [[nodiscard]] bool any_record_lost() const;
    void note_builder();
    void note_leftovers();
    void note_reached();
    [[nodiscard]] bool is_kept(const DriverDirectory& directory) const;
    void keep_layers(const std::vector<Finding>& found);
    void keep_build_cache();
    void keep_chain(const ChainId& top);
    [[nodiscard]] bool lost_its_directory(const MountRecord& mount) const;
    [[nodiscard]] bool has_partner(const std::string& directory) const;
    [[nodiscard]] bool all_layer_users_known() const;
    [[nodiscard]] bool all_configs_told() const;
    [[nodiscard]] bool all_parents_told() const;
    [[nodiscard]] bool all_containers_told() const;
    [[nodiscard]] std::unordered_map<std::string_view, const DriverDirectory*> links_of_unkept() const;
    [[nodiscard]] bool is_needed(const std::string& directory) const;
    [[nodiscard]] bool is_set_aside(const std::string& directory) const;
    [[nodiscard]] Keeper unowned(const DriverDirectory& directory) const;

    const StoreGraph& graph_;
    const StoreFoundation& foundation_;
    bool layer_directory_lost_ = false;      // a layer whose directory is not known
    bool container_directory_lost_ = false;  // a container whose directories are not known
    bool any_unreadable_ = false;            // a record that may name any directory
    bool layer_users_known_ = false;
    std::unordered_set<std::string> builders_;
    std::unordered_set<std::string> leftovers_;
    std::unordered_set<std::string> proven_;   // directories proven to be a layer's that lost its cache-id
    std::unordered_set<std::string> reached_;  // directories that a kept one's `lower` reaches
    std::unordered_set<ChainId> kept_;
};

}  // namespace drydock
