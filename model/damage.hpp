// The kinds of damage. Outside the program a kind is its code (`diff-empty`), which scripts depend
// on: a code is never renamed and a retired one never used again. All words about a kind stand in
// damage_table.cpp and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace drydock {

enum class Damage : std::uint16_t {
    // layer records
    diff_missing,
    diff_empty,
    diff_malformed,
    diff_wrong,
    cache_id_missing,
    cache_id_empty,
    cache_id_malformed,
    cache_id_wrong,
    cache_id_shared,
    size_missing,
    size_empty,
    size_malformed,
    size_wrong,
    parent_missing,
    parent_empty,
    parent_malformed,
    parent_wrong,
    parent_cycle,
    chain_id_mismatch,
    layer_record_empty,
    layer_record_missing,
    tar_split_missing,
    tar_split_empty,
    tar_split_damaged,
    descriptor_malformed,
    layerdb_stray_entry,
    layerdb_not_a_folder,
    // images
    image_config_empty,
    image_config_corrupt,
    image_config_missing,
    image_config_no_rootfs,
    image_config_bad_diff_ids,
    image_config_crashes_daemon,
    image_config_dangling,
    image_parent_dangling,
    image_metadata_malformed,
    image_metadata_orphan,
    image_temporary_leftover,
    // tags and distribution
    repositories_missing,
    repositories_empty,
    repositories_corrupt,
    tag_dangling,
    tag_malformed,
    distribution_malformed,
    // the driver's folder
    driver_folder_missing,
    driver_directory_missing,
    driver_diff_missing,
    owner_missing,
    link_missing,
    link_empty,
    link_malformed,
    short_link_missing,
    short_link_wrong,
    lower_missing,
    lower_empty,
    lower_wrong,
    work_missing,
    committed_wrong,
    // orphans and leftovers
    layer_record_orphan,
    layer_removing_leftover,
    layer_removing_live,
    write_set_leftover,
    driver_directory_orphan,
    short_link_stale,
    mount_record_orphan,
    temporary_leftover,
    // layer content
    content_file_missing,
    content_file_empty,
    content_file_changed,
    content_file_extra,
    content_type_changed,
    content_link_changed,
    content_attributes_changed,
    whiteout_missing,
    opaque_missing,
    layer_digest_mismatch,
    layer_unverifiable,
    // containers
    mount_record_missing,
    mount_id_missing,
    mount_id_malformed,
    init_id_missing,
    init_id_malformed,
    mount_parent_missing,
    mount_parent_malformed,
    mount_parent_dangling,
    rw_directory_missing,
    init_directory_missing,
    container_config_missing,
    container_config_empty,
    container_config_corrupt,
    container_hostconfig_missing,
    container_hostconfig_corrupt,
    container_image_missing,
    container_foreign_driver,
    // databases
    database_corrupt,
    builder_snapshot_dangling,
    // any
    unreadable,
    count,
};

enum class Severity : std::uint8_t { note, warning, error, fatal };
enum class Level : std::uint8_t { metadata, content };
enum class RepairClass : std::uint8_t { rebuild, quarantine, reclaim, needs_donor, leave };

enum class SubjectKind : std::uint8_t {
    container,
    database,
    distribution,
    driver_directory,
    file,
    image,
    layer,
    store,
    tag,
};

// One row of the table. All texts are for people; code is for scripts.
struct DamageKind {
    Damage kind;
    std::string_view code;
    SubjectKind subject;
    Severity severity;             // for dockerd 20.10 to 29; a finding may carry its own
    Level level;                   // the level of check that can see it
    RepairClass repair;            // where the witness of that class exists; a finding may carry its own
    std::string_view title;        // one line, no path, no id: heads the group in the report
    std::string_view symptom;      // what the user sees from Docker, with the daemon's own words
    std::string_view cause;        // why this usually happens
    std::string_view explanation;  // what it means, and what repair does or why it does nothing
    std::string_view advice;       // what to type or do next
};

[[nodiscard]] const DamageKind& describe(Damage damage);
[[nodiscard]] std::span<const DamageKind> all_damage();  // in the order of the enum
[[nodiscard]] std::optional<Damage> find_damage(std::string_view code);

[[nodiscard]] std::string_view to_text(Severity severity);   // "note"
[[nodiscard]] std::string_view to_text(RepairClass repair);  // "needs-donor"
[[nodiscard]] std::string_view to_text(SubjectKind kind);    // "driver-directory"
[[nodiscard]] std::string_view to_text(Level level);         // "metadata"

}  // namespace drydock
