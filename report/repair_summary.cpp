// The class says what kind of action it is; a kind of damage that needs more exact words than its class
// has an entry below. No sentence promises more than the class allows: without a witness nothing is
// called proven.
#include "report/repair_summary.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace drydock {

namespace {

struct Words {
    Damage damage;
    RepairClass repair;
    std::string_view text;
};

using RepairClass::leave;
using RepairClass::needs_donor;
using RepairClass::quarantine;
using RepairClass::rebuild;

constexpr std::string_view kRepositories =
    "can be rebuilt as a valid file; tags that no other record names must be pulled or set again";
constexpr std::string_view kTarSplit =
    "runs, but cannot be exported or verified; the stream is not in this store: pull again "
    "(--evict-damaged sets the layer aside for that)";
constexpr std::string_view kHeaders =
    "can be rebuilt from the layer's own tar headers, though not yet by this version";
constexpr std::string_view kConfig =
    "is set aside with its tags, so that a pull or load brings the image back; the layers stay";

// What a proof exists for, and no rule yet that carries it out.
constexpr std::array kPostponed = {
    Words{Damage::content_attributes_changed, rebuild, kHeaders},
    Words{Damage::content_type_changed, rebuild, kHeaders},
    Words{Damage::content_link_changed, rebuild, kHeaders},
    Words{Damage::whiteout_missing, rebuild, kHeaders},
    Words{Damage::opaque_missing, rebuild, kHeaders},
    Words{
        Damage::write_set_leftover,
        rebuild,
        "can be rebuilt from its own files, though not yet by this version"
    },
};

constexpr std::array kWords = {
    Words{Damage::repositories_missing, rebuild, kRepositories},
    Words{Damage::repositories_empty, rebuild, kRepositories},
    Words{Damage::repositories_corrupt, rebuild, kRepositories},
    Words{Damage::work_missing, rebuild, "can be rebuilt: an empty folder is all that is needed"},
    Words{Damage::committed_wrong, rebuild, "can be rebuilt: the mark is an empty file that must go"},
    Words{Damage::image_config_empty, needs_donor, kConfig},
    Words{Damage::image_config_corrupt, needs_donor, kConfig},
    Words{Damage::image_config_missing, needs_donor, kConfig},
    Words{
        Damage::image_config_dangling,
        quarantine,
        "can be set aside, reversibly; after that a pull of this image works again"
    },
    Words{Damage::tag_dangling, quarantine, "can be set aside, reversibly: the tag names nothing today"},
    Words{Damage::tar_split_missing, needs_donor, kTarSplit},
    Words{Damage::tar_split_empty, needs_donor, kTarSplit},
    Words{Damage::tar_split_damaged, needs_donor, kTarSplit},
    Words{Damage::size_wrong, leave, "left as it is: only the size that Docker shows is wrong"},
    Words{
        Damage::layer_unverifiable, leave, "left as it is: nothing shows damage, the layer cannot be compared"
    },
    Words{
        Damage::driver_folder_missing,
        leave,
        "left alone: probably the file system of this folder is not mounted; mount it and check again "
        "(--accept-empty-driver if its content is gone for good)"
    },
    Words{
        Damage::owner_missing,
        leave,
        "left alone: while the owners cannot be seen, nothing here is proven to be without one "
        "(--accept-missing-owner if they are gone for good)"
    },
    Words{Damage::unreadable, leave, "left alone: it could not be read, so nothing is known about it"},
    Words{
        Damage::container_hostconfig_missing,
        quarantine,
        "left as it is: dockerd takes defaults, and setting it aside would lose the container"
    },
    Words{
        Damage::database_corrupt,
        quarantine,
        "can be set aside, reversibly; databases of volumes and networks with --accept-database-loss"
    },
    Words{
        Damage::rw_directory_missing, leave, "left alone: what the container had written is not in this store"
    },
};

std::string_view words_of_class(RepairClass repair) {
    switch (repair) {
    case RepairClass::rebuild:
        return "can be rebuilt from what the store still holds";
    case RepairClass::quarantine:
        return "can be set aside, reversibly";
    case RepairClass::reclaim:
        return "can be removed (--reclaim): proven to belong to nobody";
    case RepairClass::needs_donor:
        return "the right bytes are not in this store: pull again (--evict-damaged sets the layer aside for "
               "that)";
    case RepairClass::leave:
        return "left as it is";
    }
    return {};
}

}  // namespace

std::string repair_summary(const Finding& finding) {
    const RepairClass repair = finding.effective_repair();
    const auto is_of = [&](const Words& row) { return row.damage == finding.damage && row.repair == repair; };
    const auto postponed = std::find_if(kPostponed.begin(), kPostponed.end(), is_of);
    if (postponed != kPostponed.end()) return std::string(postponed->text);
    if (repair == RepairClass::needs_donor && finding.subject.kind == SubjectKind::container) {
        return "what the container had written is not in this store";
    }
    if (repair == RepairClass::rebuild && finding.witness) {
        return "can be rebuilt: " + *finding.witness;
    }
    if (repair == RepairClass::reclaim && finding.evidence.detail == "needs content") {
        return "can be removed (--reclaim) if the content level finds it to be nobody's too";
    }
    const auto words = std::find_if(kWords.begin(), kWords.end(), is_of);
    return std::string(words != kWords.end() ? words->text : words_of_class(repair));
}

}  // namespace drydock
