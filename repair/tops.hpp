// Where paths from ROOT really lie: the few top folders may be links or mounts of their own, all below them
// is opened beneath them.
#pragma once

#include "platform/writable_dir.hpp"
#include "repair/paths.hpp"
#include "repair/transaction.hpp"

#include <string>
#include <vector>

namespace drydock {

// An object by the folder it lies in. The folder is there, the object need not be.
struct Spot {
    WritableDir folder;
    std::string name;
};

class Tops {
public:
    Tops(const ReadDir& root, const std::vector<StoreTops>& stores);

    // A top folder, from ROOT ("" is ROOT itself).
    struct Top {
        std::string path;
        ReadDir dir;
        // Its own entry in the folder above is it: no link, no mount point, same file system.
        bool exchangeable = false;
    };

    // The top folder that `path` lies in: the one with the longest name. Never `path` itself.
    [[nodiscard]] const Top& above(const std::string& path) const;
    // nullptr where there is none of this name.
    [[nodiscard]] const Top* find(const std::string& path) const;

    // Throws OsError; is_absence where the folder is not there.
    [[nodiscard]] Spot spot(const std::string& path) const;
    // The folder `path` itself, which may be a top folder.
    [[nodiscard]] WritableDir folder(const std::string& path) const;

    [[nodiscard]] const ReadDir& root() const noexcept { return tops_.front().dir; }

    [[nodiscard]] const std::vector<Top>& all() const noexcept { return tops_; }

private:
    void add(const std::string& path);

    std::vector<Top> tops_;  // ROOT first, each after the one it lies in
};

}  // namespace drydock
