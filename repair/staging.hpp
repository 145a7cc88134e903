// Making what is to stand in the store, beside the store: clones of folders by hard links, new objects, and
// the fingerprints by which an object is known again.
#pragma once

#include "model/plan.hpp"
#include "platform/writable_dir.hpp"

#include <string>
#include <vector>

namespace drydock {

// A clone of the folder `from` as `name` in `to`: new folders with owner, mode, attributes and mtime of the
// old ones, files as further names of the same inodes. Files in folders that `copied` says are copied
// instead: daemons write them in place. Links and other objects are hard-linked too. Folders get their mtime
// with finish_clone, when all changes are made.
using CopiesFiles = bool (*)(const std::string& folder);  // from `from`, "" is itself
void clone_folder(const ReadDir& from, const WritableDir& to, const std::string& name, CopiesFiles copied);

// Gives every folder of a clone the mtime of the one at the same path of the original, where it has one.
void finish_clone(const ReadDir& original, const WritableDir& clone);

// One object or a folder with all below it, cloned as above without its `finish`: nothing is copied.
void clone_object(
    const ReadDir& from, const std::string& name, const WritableDir& to, const std::string& to_name
);

// Makes `object` as `name` in `folder` with the attributes of `model`, an object that is there; nullopt:
// owner of `folder` and the object's own mode.
void make_object(
    const WritableDir& folder,
    const std::string& name,
    const NewObject& object,
    const std::optional<Attributes>& model
);

// Attributes of the object `name` without its mtime, of which only the security label is kept of the
// extended ones; nullopt where it is not there.
[[nodiscard]] std::optional<Attributes> model_of(const ReadDir& folder, const std::string& name);

// What an object is: "" where there is none, else a text that differs when its type, its permission bits, its
// bytes, its target or anything below it differ. Not its times.
[[nodiscard]] std::string fingerprint(const ReadDir& folder, const std::string& name);

// The first path (from `store`) at which a clone and what it was made from no longer agree, besides the paths
// `changed` (from the same folder) and all below them; nullopt where they agree.
[[nodiscard]] std::optional<std::string>
find_drift(const ReadDir& store, const ReadDir& clone, const std::vector<std::string>& changed);

}  // namespace drydock
