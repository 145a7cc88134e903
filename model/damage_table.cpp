// The table of damage kinds: the one place with the words about damage. The report, `explain` and
// docs/damage are made from it. It must not speak of commands that this version does not have.
// Invariants, proven when this file compiles: one row for each enumerator and in the same order; the
// code is the enumerator with '-' for '_'; no text is empty; every text is plain ASCII that a terminal
// and Markdown show alike.
#include "model/damage.hpp"

#include <array>
#include <cstddef>
#include <source_location>
#include <span>
#include <string_view>
#include <utility>

namespace drydock {

namespace {

constexpr std::size_t kDamageCount = static_cast<std::size_t>(Damage::count);

constexpr std::string_view kTornRecord =
    "A power cut, reset or kill within seconds of a pull, load or build: the folder's name reached the disk "
    "and the bytes of the file did not. Daemons before 1.13 did not flush these files at all; flash memory "
    "that confirms a write too early still loses them.";

constexpr std::string_view kLostFile =
    "A file-system check after a crash, a removal that was interrupted (dockerd 19.03 and older), or a "
    "cleaning script took the file and left its folder.";

constexpr std::string_view kGarbledFile =
    "A crash on ext4 or xfs that left a file of the right length full of NUL bytes, a block of another file "
    "after a file-system repair, or an edit by hand.";

constexpr std::string_view kCopiedRecord =
    "Records copied between hosts, restored from a backup of another day, or edited by hand. A flipped bit "
    "on the disk is possible and rare.";

constexpr std::string_view kWriteExpected =
    "With dockerd stopped, `drydock repair -n` shows what would be written, and `drydock repair` writes it. "
    "Where it has to set the layer aside instead, start dockerd afterwards and `docker pull` the images that "
    "it names.";

constexpr std::string_view kSetAside =
    "With dockerd stopped, type `drydock repair`; then start dockerd and `docker pull` the images that it "
    "names. An image that was built on this host has to be built again.";

constexpr std::string_view kLostContainerConfig =
    "Docker keeps no second copy of this file, and nothing can be made up in its place. What the container "
    "wrote is still there, and its records go on holding the layers of its image, but no command of Docker "
    "shows or removes them. `drydock repair` sets the container's folder and its mount record aside; what it "
    "wrote stays where it is.";

constexpr std::string_view kSaveWritable =
    "If the report names the folder with what the container wrote, copy it to a safe place. "
    "`hostconfig.json` and the log beside the lost file may tell how it was made. Then type `drydock repair` "
    "with dockerd stopped, and create the container anew.";

constexpr std::string_view kRebuildDiff =
    "dockerd drops the layer, everything built on it and all their images, although the files of the layer "
    "are still there. `drydock repair` writes the diff id again: the folder's name is a SHA-256 over parent "
    "and diff id, so one hash proves a candidate taken from an image config, the distribution cache or "
    "another record; at the content level the layer's own bytes may prove it too. If nothing does, the layer "
    "and what is built on it are set aside.";

constexpr std::string_view kRebuildSize =
    "dockerd drops the layer and everything built on it for a number that it only displays. `drydock repair` "
    "writes it again: the sum of the file sizes in the driver directory, hard links counted once. Where that "
    "directory is not known, the record is left.";

constexpr std::string_view kRebuildCacheId =
    "Without the name dockerd drops the layer and everything built on it, while the content lies in a driver "
    "directory that nobody claims. `drydock repair` writes the name again: the link chain in `lower` tells "
    "the candidates, and the content check proves the one whose files hash to the diff id. If none does, the "
    "layer and what is built on it are set aside; at `--level metadata` it is left.";

constexpr std::string_view kDonorLayer =
    "Containers can go on using the layer as it is. To heal it now, type `drydock repair --evict-damaged` "
    "with dockerd stopped, start dockerd and `docker pull` the images that it names; containers on them are "
    "shown again after that and a restart of dockerd. If no registry has the image, use a `docker save` "
    "archive from another host.";

constexpr std::string_view kKeepDirectories =
    "Do not delete driver directories that look unused: one of them is this layer. With dockerd stopped, "
    "type `drydock repair`. Where it has to set the layer aside, start dockerd afterwards and `docker pull` "
    "the images that it names.";

constexpr std::string_view kRebuildParent =
    "dockerd drops the layer and everything built on it. `drydock repair` writes the parent again: the name "
    "of the record is a SHA-256 over parent and diff id, so one hash proves the right one among the chain "
    "ids of the store. If none fits, the layer and what is built on it are set aside.";

constexpr std::string_view kMissingConfigDonor =
    "With dockerd stopped, type `drydock repair`; then start dockerd and `docker pull` or `docker load` the "
    "image. Any copy with the same hash can be trusted: registry, another host, or an archive made by "
    "`docker save`. The layers stay and are not fetched again.";

constexpr std::string_view kUnusableConfig =
    "With dockerd stopped, type `drydock repair`. Pull or build the image again with a current tool: the "
    "same id would have the same fault.";

constexpr std::string_view kNamesLost =
    "Images and layers are whole, their names are lost. `drydock repair` writes a new list with the names "
    "that containers remember. What nothing proves is not invented: such images stay, without a name.";

constexpr std::string_view kTornDriver =
    "A power cut shortly after a pull, build or `docker create`: before dockerd 25.0, 24.0.7 and 23.0.8 "
    "these files were written without being flushed.";

constexpr std::string_view kPartialCopy =
    "A cleaning script, a file-system repair, or a copy of the data root that did not take everything along.";

constexpr std::string_view kRebuildLink =
    "New containers and builds on this layer fail or get a wrong file tree; those that exist carry their own "
    "list. `drydock repair` writes the name again: exactly one symbolic link in `overlay2/l` points to this "
    "directory, and the directories above name it first in their `lower`. Where nothing tells the old name "
    "it is left: this version makes no new ones.";

constexpr std::string_view kRebuildLower =
    "New containers and builds on this layer do not get the layers below it. `drydock repair` writes the "
    "list again: the layer records tell the chain of parents, and `link` of each gives the element; base "
    "layers have no such file. If one element is not proven, the list is left.";

constexpr std::string_view kWriteLink =
    "With dockerd stopped, `drydock repair -n` shows whether the right text is proven, and `drydock repair` "
    "writes it. If it is not, save what the containers named wrote (`docker cp`), remove them and the images "
    "named, and `docker pull` again.";

constexpr std::string_view kRootCopied =
    "The data root was copied without everything: `cp -r`, `rsync` without `-a -H -A -X --numeric-ids`, a "
    "tar without attributes, or over NFS, SMB or 9p. Rarely a change by hand below `overlay2`.";

constexpr std::string_view kPullAgain =
    "dockerd counts this layer as present, so `docker pull` alone changes nothing. With dockerd stopped, "
    "type `drydock repair --evict-damaged`; then start dockerd and pull the images that it names. Containers "
    "on them are shown again after that and a restart of dockerd. An image that was built here has to be "
    "built again.";

constexpr std::string_view kHeadersTell =
    "Until it is put back, do not copy this data root with a tool that drops attributes. An error can be "
    "healed by a pull: with dockerd stopped, type `drydock repair --evict-damaged`, then start dockerd and "
    "pull the images that it names.";

constexpr std::string_view kContainerHidden =
    "`docker ps -a` does not show the container and its name is free, while its folder and its files stay; "
    "at start dockerd logs \"failed to load container mount\" and \"mount does not exist\". dockerd 29.4 and "
    "later lists it so that it can be removed.";

constexpr std::string_view kTornMount =
    "A power cut or kill soon after `docker create` or `docker run`: no version of dockerd flushes the files "
    "of a mount record. Also a full disk.";

constexpr std::string_view kWriteMount =
    "With dockerd stopped, type `drydock repair`. If the report names an expected value, it is proven, and "
    "the container is back. If it names none, copy what the container wrote from the `diff` of its own "
    "driver directory and create it anew.";

constexpr std::string_view kEvict =
    "With dockerd stopped, type `drydock repair --evict-damaged`; then start dockerd and `docker pull` the "
    "images that it names. An image that was built on this host has to be built again.";

constexpr std::string_view kTypeRepair = "With dockerd stopped, type `drydock repair`.";

constexpr std::string_view kReclaim =
    "Nothing breaks if it stays. To free the room, with dockerd stopped: `drydock repair --reclaim`, and "
    "`drydock undo --forget all` when all is well. `drydock repair --reclaim --forget` frees it at once; "
    "that cannot be undone.";

constexpr std::array<DamageKind, kDamageCount> kTable = {{
    // layer records
    {.kind = Damage::diff_missing,
     .code = "diff-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record lost its diff id",
     .symptom = "The image is gone from `docker images` and its containers from `docker ps -a`; `docker run` "
                "says \"layer does not exist\", and a pull fails with \"rename ... file exists\" or claims "
                "\"Image is up to date\". The reason stands in the debug log only: \"failed to get diff "
                "id\", \"no such file or directory\". dockerd 18.02 and older does not start.",
     .cause = kLostFile,
     .explanation = kRebuildDiff,
     .advice = kWriteExpected},
    {.kind = Damage::diff_empty,
     .code = "diff-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds an empty diff id",
     .symptom =
         "The image is gone from `docker images` and its containers from `docker ps -a`; `docker run` says "
         "\"layer does not exist\", and a pull fails with \"rename ... file exists\" or claims \"Image is up "
         "to date\". The reason stands in the debug log only: \"invalid checksum digest format\". dockerd "
         "18.02 and older does not start: \"Error starting daemon: layer does not exist\".",
     .cause = kTornRecord,
     .explanation = kRebuildDiff,
     .advice = kWriteExpected},
    {.kind = Damage::diff_malformed,
     .code = "diff-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds garbage in place of a diff id",
     .symptom = "The image is gone from `docker images`, `docker run` says \"layer does not exist\", and a "
                "pull of it fails with \"rename ... file exists\". The debug log has \"invalid checksum "
                "digest format\", \"invalid checksum digest length\" or \"unsupported digest algorithm\".",
     .cause = kGarbledFile,
     .explanation = kRebuildDiff,
     .advice = kWriteExpected},
    {.kind = Damage::diff_wrong,
     .code = "diff-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record names the wrong diff id",
     .symptom = "The container runs. `docker save` and `docker push` end with \"could not verify layer "
                "data\", `docker load` of the image with \"invalid diffID for layer\", a pull with \"layers "
                "from manifest don't match image configuration\".",
     .cause = kCopiedRecord,
     .explanation = "The diff id is well formed, but together with the parent it does not give the chain id "
                    "that names the record, and another known diff id does. `drydock repair` writes that "
                    "one: one hash proves the value that the report names as expected.",
     .advice = "With dockerd stopped, type `drydock repair`. Run `drydock check` again at the content level: "
               "it tells whether the files of the layer fit that value."},
    {.kind = Damage::cache_id_missing,
     .code = "cache-id-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record lost the name of its driver directory",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"failed to get cache id\" "
                "and \"no such file or directory\".",
     .cause = kLostFile,
     .explanation = kRebuildCacheId,
     .advice = kKeepDirectories},
    {.kind = Damage::cache_id_empty,
     .code = "cache-id-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds an empty driver directory name",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"invalid cache id value\".",
     .cause = kTornRecord,
     .explanation = kRebuildCacheId,
     .advice = kKeepDirectories},
    {.kind = Damage::cache_id_malformed,
     .code = "cache-id-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds a driver directory name that leads elsewhere",
     .symptom = "dockerd takes the name without a check and lists the image. With NUL bytes in it `docker "
                "run` and `docker save` say \"invalid argument\"; with a slash or `..` the removal of the "
                "image deletes a folder outside the driver's.",
     .cause = "A file full of NUL bytes after a crash, a block of another file after a file-system repair, "
              "an edit by hand, or a store that somebody prepared to do harm.",
     .explanation =
         "The name is joined to the driver's path unchecked, so removing this layer can delete data that has "
         "nothing to do with it. drydock never follows such a name. `drydock repair` writes the right one if "
         "the content check proves which unclaimed driver directory has the files of this layer; else it "
         "sets the record and what is built on it aside.",
     .advice = "Do not remove the images named here and do not run `docker image prune` or `docker system "
               "prune`. Stop dockerd and type `drydock repair` before anything else."},
    {.kind = Damage::cache_id_wrong,
     .code = "cache-id-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "layer record names the wrong driver directory",
     .symptom = "The image is listed. `docker run` fails with \"no such file or directory\" for a driver "
                "directory, or the container shows the files of another layer; `docker save` fails.",
     .cause = kCopiedRecord,
     .explanation = "The directory named is absent or belongs to another layer, and an unclaimed one hashes "
                    "to this layer's diff id. `drydock repair` writes its name: that hash is the proof, and "
                    "only the one file changes.",
     .advice = "With dockerd stopped, type `drydock repair`. Leave all driver directories where they are "
               "until then."},
    {.kind = Damage::cache_id_shared,
     .code = "cache-id-shared",
     .subject = SubjectKind::layer,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "two owners claim one driver directory",
     .symptom = "Nothing, until one of the two is removed. From then on the other fails with \"no such file "
                "or directory\".",
     .cause = "A record copied or restored by hand, or the backup of `image` put over a store that had gone "
              "on working.",
     .explanation =
         "When one owner is removed, dockerd deletes the directory of the other. `drydock repair` lets the "
         "bytes decide: the layer to which the directory hashes keeps it, one whose own directory is found "
         "is sent there, and the others are set aside with what is built on them. It leaves all where the "
         "bytes do not decide, where a container is among the owners, and with `-p`.",
     .advice = "Do not remove images or containers named here, and do not prune. With dockerd stopped, type "
               "`drydock repair`; then start dockerd and `docker pull` the images that it names."},
    {.kind = Damage::size_missing,
     .code = "size-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record lost its size",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"failed to get size\" and "
                "\"no such file or directory\".",
     .cause = kLostFile,
     .explanation = kRebuildSize,
     .advice = kWriteExpected},
    {.kind = Damage::size_empty,
     .code = "size-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds an empty size",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"failed to get size\" and "
                "\"strconv.ParseInt: parsing \"\": invalid syntax\".",
     .cause = kTornRecord,
     .explanation = kRebuildSize,
     .advice = kWriteExpected},
    {.kind = Damage::size_malformed,
     .code = "size-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds a size that is no number",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"strconv.ParseInt\" and "
                "\"invalid syntax\".",
     .cause = "An editor or `echo` that added a newline, which dockerd does not tolerate in this file, or "
              "NUL bytes after a crash.",
     .explanation = kRebuildSize,
     .advice = kWriteExpected},
    {.kind = Damage::size_wrong,
     .code = "size-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::note,
     .level = Level::content,
     .repair = RepairClass::leave,
     .title = "layer record states a size that no daemon would write",
     .symptom = "`docker images` and `docker history` show a size that does not fit the files. Nothing else.",
     .cause = "A record copied or edited by hand, or files added to or taken from the layer behind dockerd's "
              "back.",
     .explanation = "The number is for display only, and daemons count in several ways; this one fits none "
                    "of them. It is left alone, because nothing depends on it.",
     .advice = "Nothing needs to be done. If content findings stand beside it, look at those."},
    {.kind = Damage::parent_missing,
     .code = "parent-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record lost the name of its parent layer",
     .symptom = "Nothing at first: dockerd takes the layer for a base layer, lists the image with too small "
                "a size, and runs it. Once the images that share the parent are removed, the mount fails "
                "with \"no such file or directory\".",
     .cause = kLostFile,
     .explanation = "dockerd no longer knows that this layer needs its parent, and deletes the parent with "
                    "the last other image. The chain id shows that there was one. `drydock repair` writes it "
                    "again: one hash over a known chain id and the diff id gives the record's name.",
     .advice = "Do not remove images that share layers with those named here. With dockerd stopped, type "
               "`drydock repair`."},
    {.kind = Damage::parent_empty,
     .code = "parent-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds an empty parent layer name",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"failed to get parent\" and "
                "\"invalid checksum digest format\".",
     .cause = kTornRecord,
     .explanation = kRebuildParent,
     .advice = kWriteExpected},
    {.kind = Damage::parent_malformed,
     .code = "parent-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds garbage in place of its parent layer",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\"; a "
                "pull fails with \"rename ... file exists\". The debug log has \"failed to get parent\" with "
                "a digest error.",
     .cause = kGarbledFile,
     .explanation = kRebuildParent,
     .advice = kWriteExpected},
    {.kind = Damage::parent_wrong,
     .code = "parent-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record names the wrong parent layer",
     .symptom =
         "The image is listed, with a wrong size, and runs as long as its real parent is there. Later, when "
         "dockerd has deleted that parent, the mount fails with \"no such file or directory\".",
     .cause = kCopiedRecord,
     .explanation = "dockerd keeps a layer that is not needed and may delete the one that is. Parent and "
                    "diff id do not give the record's name, and another known parent does. `drydock repair` "
                    "writes that one: the hash is the proof.",
     .advice = "Do not remove images that share layers with those named here. With dockerd stopped, type "
               "`drydock repair`."},
    {.kind = Damage::parent_cycle,
     .code = "parent-cycle",
     .subject = SubjectKind::layer,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer records name each other as parent in a circle",
     .symptom = "dockerd does not start: it follows the parents without end and aborts with \"goroutine "
                "stack exceeds 1000000000-byte limit\" and \"fatal error: stack overflow\".",
     .cause = "Records copied or edited by hand, or `parent` files mixed up by a file-system repair. No "
              "daemon writes such a circle.",
     .explanation =
         "A chain id is a hash over its parent's, so a true circle cannot exist and at least one `parent` is "
         "wrong. `drydock repair` writes the right one into each record of the circle whose name is the hash "
         "of a known parent and its diff id. A record where none fits is set aside with what is built on it.",
     .advice = "Keep dockerd stopped and type `drydock repair`. Where it has to set records aside, start "
               "dockerd afterwards and `docker pull` the images that it names."},
    {.kind = Damage::chain_id_mismatch,
     .code = "chain-id-mismatch",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "layer record does not match its own name",
     .symptom = "Nothing at start: dockerd never compares the two. `docker save` and `docker push` may say "
                "\"could not verify layer data\", or the container has the files of another layer.",
     .cause = kCopiedRecord,
     .explanation = "The record's name must be the hash over its `parent` and `diff`, and it is not. No "
                    "image config or other record tells which of them is wrong, so nothing can be proven "
                    "back; `drydock repair` sets the record and what is built on it aside. It leaves it at "
                    "`--level metadata`, where the layer's bytes might prove it, and with `-p`.",
     .advice = kSetAside},
    {.kind = Damage::layer_record_empty,
     .code = "layer-record-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "layer record is an empty folder",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\". "
                "Every pull or load that needs the layer downloads it and fails with \"failed to register "
                "layer: rename ... file exists\".",
     .cause = "The folder's name reached the disk in a crash and none of its files did; or a file-system "
              "repair or a removal that was interrupted took them.",
     .explanation = "An empty folder holds nothing but its name, yet it blocks the place of a sound record. "
                    "`drydock repair` sets it aside with the records built on it and the configs and tags of "
                    "the images named; the driver directories stay.",
     .advice = "With dockerd stopped, type `drydock repair`; then start dockerd and `docker pull` the images "
               "that it names. Removing the folder under a live daemon is not enough."},
    {.kind = Damage::layer_record_missing,
     .code = "layer-record-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "record of a layer that others stand on is gone",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\". A "
                "pull fetches the lost layer and then fails with \"rename ... file exists\" on the one above "
                "it. The debug log has \"failed to get diff id\" for the absent layer.",
     .cause = "Somebody removed the record of a broken layer and left those above it, a crash or file-system "
              "repair lost one folder of several, or only part of `image` was restored.",
     .explanation = "Records that stand on this layer name it as parent, rightly by the hash, so all of them "
                    "are dropped. Its content may still lie in the directory that their `lower` names, but "
                    "its tar headers are lost with the record; so `drydock repair` sets the records above "
                    "aside, and a pull brings the whole chain back.",
     .advice = kSetAside},
    {.kind = Damage::tar_split_missing,
     .code = "tar-split-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "layer lost its tar headers",
     .symptom = "Containers run. `docker save`, `docker push` and the move to the containerd store fail: "
                "\"tar-split.json.gz: no such file or directory\".",
     .cause = kLostFile,
     .explanation =
         "The file `tar-split.json.gz` holds the exact tar headers; without it the layer cannot be exported "
         "bit for bit, nor can its content be checked. A copy of the layer that hashes to the diff id can "
         "give it back; nothing on this disk proves one. `drydock repair` leaves the layer; with "
         "`--evict-damaged` it sets it aside with what is built on it, so that a pull fetches it again.",
     .advice = kDonorLayer},
    {.kind = Damage::tar_split_empty,
     .code = "tar-split-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "layer holds an empty file for its tar headers",
     .symptom = "Containers run. `docker save` and `docker push` fail with \"EOF\".",
     .cause = "A power cut or a full disk at the last write of a pull, load or build. Docker 1.10.0 and "
              "1.10.1 also left such files when they converted an older store.",
     .explanation =
         "The tar headers are lost, so the layer cannot be exported bit for bit, nor can its content be "
         "checked. A copy of the layer that hashes to the diff id can give them back; nothing on this disk "
         "proves one. `drydock repair` leaves the layer; with `--evict-damaged` it sets it aside with what "
         "is built on it, so that a pull fetches it again.",
     .advice = kDonorLayer},
    {.kind = Damage::tar_split_damaged,
     .code = "tar-split-damaged",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::needs_donor,
     .title = "tar headers of a layer do not decode",
     .symptom = "Containers run. `docker save` and `docker push` fail with \"unexpected EOF\", \"gzip: "
                "invalid header\", \"gzip: invalid checksum\" or \"archive/tar: invalid tar header\".",
     .cause = "A disk that was full at the last write, which dockerd does not notice; a power cut; the "
              "migrator of Docker 1.10.0 and 1.10.1; or a bad block.",
     .explanation =
         "Gzip, JSON or a tar header in `tar-split.json.gz` is broken, so the layer cannot be exported and "
         "only part of its content can be checked. A copy of the layer that hashes to the diff id can give "
         "the headers back. `drydock repair` leaves the layer; with `--evict-damaged` it sets it aside with "
         "what is built on it, so that a pull fetches it again.",
     .advice = kDonorLayer},
    {.kind = Damage::descriptor_malformed,
     .code = "descriptor-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "layer record holds an unreadable descriptor",
     .symptom = "The image is gone from `docker images` and `docker run` says \"layer does not exist\". The "
                "debug log has \"failed to get descriptor\" and \"unexpected end of JSON input\".",
     .cause = "The file is written by Windows daemons only; on Linux it comes from a copied store, a tool, "
              "or a file-system repair.",
     .explanation =
         "dockerd on Linux does not need `descriptor.json`, but drops the layer if it is there and does not "
         "parse. `drydock repair` sets the file aside: the record is complete without it.",
     .advice = kTypeRepair},
    {.kind = Damage::layerdb_stray_entry,
     .code = "layerdb-stray-entry",
     .subject = SubjectKind::file,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "unknown entry among the layer records",
     .symptom = "Nothing. The debug log may have \"Ignoring invalid digest\".",
     .cause = "A backup copy, a `lost+found`, an editor's file, or a folder that somebody renamed to get it "
              "out of dockerd's way.",
     .explanation = "dockerd skips whatever has no valid name, so the entry harms nothing and holds no "
                    "layer. It is left alone: only its owner can say what it is.",
     .advice = "Look at it and remove it if it is not yours to keep."},
    {.kind = Damage::layerdb_not_a_folder,
     .code = "layerdb-not-a-folder",
     .subject = SubjectKind::store,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "file or link in place of a folder of layer records",
     .symptom = "dockerd does not start: \"readdirent ...: not a directory\". Where a symbolic link stands "
                "for one record, that record is skipped.",
     .cause = "A file-system repair, a restore that went wrong, or a redirection into the wrong path.",
     .explanation = "`layerdb`, its `sha256` or its `mounts` has to be a folder; no record can be read "
                    "through this one. `drydock repair` sets aside what lies there, after which dockerd "
                    "starts without images or containers.",
     .advice = "Keep dockerd stopped and look for the real folder, in a backup or in `lost+found`, before "
               "anything else. If there is none, type `drydock repair`; dockerd makes a new folder, and "
               "`docker pull` brings the images back."},
    // images
    {.kind = Damage::image_config_empty,
     .code = "image-config-empty",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "image config is an empty file",
     .symptom =
         "dockerd logs \"invalid image\" and \"failed to verify\" at start; the image is gone from `docker "
         "images` and `docker run` says \"Unable to find image locally\". Containers of it go on working.",
     .cause = "A power cut soon after a pull, load or build with Docker 1.11 or older, which did not flush "
              "the file; today a file-system repair or a device that loses confirmed writes.",
     .explanation =
         "The id of an image is the hash of its config, and only a copy that hashes to the id can take its "
         "place. `drydock repair` does not look for one: it sets the file, its metadata folder and its tags "
         "aside, so that a pull or load brings the image back. The layers are not touched.",
     .advice = kMissingConfigDonor},
    {.kind = Damage::image_config_corrupt,
     .code = "image-config-corrupt",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "image config does not hash to its own name",
     .symptom =
         "dockerd logs \"invalid image\" and \"failed to verify\" at start; the image is gone from `docker "
         "images` and `docker run` says \"Unable to find image locally\". Containers of it go on working.",
     .cause = "A bad block, bad memory, a file-system repair, an edit by hand, or a write that was cut off.",
     .explanation = "The id of an image is the hash of its config; these bytes are others, so none of them "
                    "can be trusted. Only a copy that hashes to the id can take its place. `drydock repair` "
                    "does not look for one: it sets the file, its metadata folder and its tags aside, so "
                    "that a pull or load brings the image back. The layers are not touched.",
     .advice = kMissingConfigDonor},
    {.kind = Damage::image_config_missing,
     .code = "image-config-missing",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "image config is gone while tags still name the image",
     .symptom = "Nothing at start. `docker run` of the tag says \"Unable to find image locally\" or \"No "
                "such image\", and `docker rmi` of it fails too.",
     .cause = "A file-system repair, an interrupted `docker rmi`, a hand that removed one file of `imagedb`, "
              "or a backup that missed it.",
     .explanation =
         "A metadata folder and a tag, or a digest reference, show that the image existed. Its id is the "
         "hash of its config, so any copy with that hash restores it. `drydock repair` does not look for "
         "one: it sets the metadata folder and the tags aside. The layers are not touched.",
     .advice = "`docker pull` or `docker load` the image again: that writes the config and the tag, and the "
               "layers that are there are not fetched. If nobody has it any more, `drydock repair` with "
               "dockerd stopped takes its useless tags away."},
    {.kind = Damage::image_config_no_rootfs,
     .code = "image-config-no-rootfs",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "image config lists no layers in a form dockerd knows",
     .symptom = "dockerd logs \"invalid image JSON, no RootFS key\" at start; the image is gone from `docker "
                "images`.",
     .cause = "An image in the old format of Docker 1.9 or before that was copied into the store by hand, or "
              "a migration that failed half-way.",
     .explanation = "The hash is right, so these are the bytes that somebody stored; but without a `rootfs` "
                    "no daemon can use them. There is nothing to rebuild from: the id covers the fault. "
                    "`drydock repair` sets the config, its metadata folder and its tags aside.",
     .advice = kUnusableConfig},
    {.kind = Damage::image_config_bad_diff_ids,
     .code = "image-config-bad-diff-ids",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "image config lists layers that cannot exist",
     .symptom =
         "dockerd logs \"layer does not exist\" and \"not restoring image\" at start, or \"invalid checksum "
         "digest format\"; the image is gone from `docker images`. dockerd 18.02 and older does not start.",
     .cause = "The converter of Docker 1.10, which wrote empty diff ids into some images, or an image made "
              "by a tool or by hand.",
     .explanation = "The hash is right, yet `rootfs.diff_ids` holds something that is no digest, so no layer "
                    "can ever match. It cannot be mended, because the image id covers the fault. `drydock "
                    "repair` sets the config, its metadata folder and its tags aside.",
     .advice = kUnusableConfig},
    {.kind = Damage::image_config_crashes_daemon,
     .code = "image-config-crashes-daemon",
     .subject = SubjectKind::image,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "image config that makes dockerd crash at start",
     .symptom = "dockerd ends at start with \"panic: runtime error: invalid memory address or nil pointer "
                "dereference\", again and again. Only 18.03 to 20.10 do.",
     .cause =
         "An image made by a tool that spells the operating system with a capital letter, such as `Linux`. "
         "The daemon compares the name without regard to case once and with regard to it later.",
     .explanation = "One config keeps the whole daemon down. The bytes are what was pulled or loaded, so "
                    "there is nothing to rebuild. `drydock repair` sets the config, its metadata folder and "
                    "its tags aside; then the daemon starts and every other image is there.",
     .advice = "With dockerd stopped, type `drydock repair` and start dockerd. dockerd 23.0 and later can "
               "use the image: pull it again after an upgrade."},
    {.kind = Damage::image_config_dangling,
     .code = "image-config-dangling",
     .subject = SubjectKind::image,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "image stands on a layer that has no record",
     .symptom = "The image is gone from `docker images`, yet `docker pull` says \"Image is up to date\" and "
                "fetches nothing; `docker run` says \"layer does not exist\", `docker rmi` \"unrecognized "
                "image ID\". At start dockerd logs \"not restoring image\"; 18.02 and older does not start.",
     .cause = "An interrupted `docker rmi`, a crash that lost the record of a new layer, or a layer record "
              "removed by hand.",
     .explanation = "A pull asks only whether the config is there, and it is, so the image can neither be "
                    "used nor replaced. Its layer's record cannot be proven back from the config alone. "
                    "`drydock repair` sets the config and the tags aside; then a pull works again.",
     .advice = kSetAside},
    {.kind = Damage::image_parent_dangling,
     .code = "image-parent-dangling",
     .subject = SubjectKind::image,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "image names a parent image that is not there",
     .symptom = "Nothing, or a build that does not use its cache. `docker history` shows missing steps.",
     .cause = "The parent was removed while this note about it stayed: an interrupted `docker rmi`, or a "
              "backup that missed it.",
     .explanation = "The link only serves the classic builder's cache and `docker rmi`. dockerd ignores it "
                    "when the parent is absent, so it is left alone.",
     .advice = "Nothing needs to be done."},
    {.kind = Damage::image_metadata_malformed,
     .code = "image-metadata-malformed",
     .subject = SubjectKind::image,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "note about an image does not parse",
     .symptom = "Usually nothing. With a bad time in `lastUpdated`, `docker inspect` of the image fails with "
                "\"parsing time\".",
     .cause = "A power cut or a full disk while the image was tagged or built, or an edit by hand.",
     .explanation = "The metadata folder holds optional notes: parent, time of the last tag, whether it was "
                    "built here. dockerd starts and runs the image without them, so they are left alone.",
     .advice = "If `docker inspect` fails, stop dockerd, move the file out of the metadata folder and start "
               "it again; `docker tag` writes a new one."},
    {.kind = Damage::image_metadata_orphan,
     .code = "image-metadata-orphan",
     .subject = SubjectKind::image,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "notes about an image that is not there",
     .symptom = "Nothing.",
     .cause =
         "A `docker rmi` that was interrupted between the config and its notes, or a config removed by hand.",
     .explanation = "dockerd looks at the notes only through the config, so this folder is a few bytes of "
                    "waste. It is left alone.",
     .advice = "Nothing needs to be done."},
    {.kind = Damage::image_temporary_leftover,
     .code = "image-temporary-leftover",
     .subject = SubjectKind::image,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "unfinished file of an image write",
     .symptom = "Nothing, or \"skipping invalid digest\" in the debug log.",
     .cause = "dockerd was killed, or the power failed, between writing a file and giving it its name.",
     .explanation = "A file `.tmp-...` never became part of the store; dockerd ignores it and never removes "
                    "it. It is left alone.",
     .advice = "Nothing needs to be done. With dockerd stopped it may be removed."},
    // tags and distribution
    {.kind = Damage::repositories_missing,
     .code = "repositories-missing",
     .subject = SubjectKind::store,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "list of tags is gone while images exist",
     .symptom = "dockerd starts and says nothing; `docker images` shows every image as `<none>`, and `docker "
                "run` by name tries to pull.",
     .cause = "Somebody removed `repositories.json` to get past a broken one, a file-system repair took it, "
              "or a backup missed it.",
     .explanation = kNamesLost,
     .advice =
         "With dockerd stopped, type `drydock repair`. Other tags of images from a registry come back with "
         "`docker pull`; for images built here use `docker tag` with the id from `docker images -a`."},
    {.kind = Damage::repositories_empty,
     .code = "repositories-empty",
     .subject = SubjectKind::store,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "list of tags is an empty file",
     .symptom = "dockerd does not start: \"Couldn't create reference store repository: EOF\"; before 17.09 "
                "\"Couldn't create Tag store repositories\".",
     .cause = "A full disk or a power cut with Docker 1.11 or older, which wrote the file in place; later a "
              "device that loses confirmed writes, or a shell redirection.",
     .explanation = kNamesLost,
     .advice = "With dockerd stopped, type `drydock repair` and start dockerd. Pull the images that are "
               "without a name from a registry again, and `docker tag` those built here by id."},
    {.kind = Damage::repositories_corrupt,
     .code = "repositories-corrupt",
     .subject = SubjectKind::store,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "list of tags does not parse",
     .symptom = "dockerd does not start: \"Couldn't create reference store repository\" with \"unexpected "
                "EOF\" or \"invalid character\"; a file that holds only `null` makes it panic.",
     .cause = "A full disk, a power cut, or blocks of another file after a file-system repair; sometimes an "
              "edit by hand.",
     .explanation =
         "Images and layers are whole, and part of their names may be. `drydock repair` writes a new list: "
         "every complete pair of tag and existing image in the readable part, and the names that containers "
         "remember. What nothing proves is not invented: such images stay, without a name.",
     .advice = "With dockerd stopped, type `drydock repair` and start dockerd. Pull the images that are "
               "without a name from a registry again, and `docker tag` those built here by id. The broken "
               "file is kept until `drydock undo --forget`: the tags in it are readable with an editor."},
    {.kind = Damage::tag_dangling,
     .code = "tag-dangling",
     .subject = SubjectKind::tag,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "tag names an image of which there is no trace",
     .symptom = "`docker images` does not show the tag; `docker run` says \"Unable to find image locally\" "
                "and pulls, `docker rmi` says \"No such image\".",
     .cause = "An interrupted `docker rmi`, an image config lost or set aside, or `repositories.json` "
              "restored from a backup of another day.",
     .explanation =
         "The tag is useless and cannot be removed by any command. Nothing on this disk can bring the image "
         "back. `drydock repair` takes the entry out, and names it as an image to pull again.",
     .advice = "`docker pull` the tag, or give the name to another image with `docker tag`: both replace the "
               "entry. Or, with dockerd stopped, type `drydock repair`."},
    {.kind = Damage::tag_malformed,
     .code = "tag-malformed",
     .subject = SubjectKind::tag,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "tag that dockerd cannot parse",
     .symptom =
         "Nothing at start. A name that does not parse is passed over; an entry whose image id is empty or "
         "has no colon makes each request about it end with \"EOF\", because the handler panics.",
     .cause = "An edit by hand or a tool that writes `repositories.json` itself; blocks of another file "
              "after a file-system repair.",
     .explanation =
         "The entry cannot be used, and dockerd writes it back with each change of the tags. It says nothing "
         "that could be proven, so `drydock repair` takes it out; other tags are not affected.",
     .advice = "Do not use the name until it is replaced. With dockerd stopped, type `drydock repair`."},
    {.kind = Damage::distribution_malformed,
     .code = "distribution-malformed",
     .subject = SubjectKind::distribution,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "record of the download cache does not parse",
     .symptom =
         "Nothing: dockerd downloads or uploads a layer once more than needed and writes the record anew.",
     .cause = "A power cut or a full disk during a pull or push.",
     .explanation = "The folder `distribution` is a cache of digests; dockerd does without a record that it "
                    "cannot read. `drydock repair` keeps it; with `--reclaim` it takes it away, at no loss.",
     .advice = "Nothing needs to be done."},
    // the driver's folder
    {.kind = Damage::driver_folder_missing,
     .code = "driver-folder-missing",
     .subject = SubjectKind::store,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "layer records exist but the driver's folder is absent or empty",
     .symptom = "dockerd starts, makes the folder anew and lists all images; then every `docker run` fails "
                "with \"no such file or directory\", and containers do not start.",
     .cause = "The disk or subvolume that holds the folder is not mounted, or the data root was moved in "
              "part. Less often somebody emptied it to free space.",
     .explanation = "An absent folder proves nothing about the layers: they may all be whole on a disk that "
                    "is not mounted. Therefore the result is undetermined, no record is judged by it, and "
                    "`drydock repair` leaves them. With `--accept-empty-driver` it takes the layers for "
                    "lost, and sets all records and images aside.",
     .advice = "Do not start dockerd. Look for the missing mount (`findmnt`, `/etc/fstab`, `lsblk`), mount "
               "it and run `drydock check` again. If the content was deleted, type `drydock repair "
               "--accept-empty-driver`; every image has to be pulled or built again."},
    {.kind = Damage::driver_directory_missing,
     .code = "driver-directory-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "driver directory of a layer is gone",
     .symptom = "The image is listed, and a pull says \"Already exists\". `docker run` fails with \"no such "
                "file or directory\" for `committed`, `.tmp-committed...` or `merged`; `docker inspect` and "
                "`docker save` fail with `stat` of the same directory.",
     .cause = "Most often `rm -rf` in `overlay2` to free a full disk. Also a removal or prune that was "
              "interrupted, a file-system repair, or a backup of `image` without `overlay2`.",
     .explanation = "The record promises files that are not there, and dockerd trusts the record: no pull "
                    "brings them back. The files can come only from a copy whose hash is the diff id. "
                    "`drydock repair` leaves the layer; with `--evict-damaged` it sets it aside with what is "
                    "built on it, so that a pull fetches it again.",
     .advice = kEvict},
    {.kind = Damage::driver_diff_missing,
     .code = "driver-diff-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::needs_donor,
     .title = "driver directory of a layer has lost its files",
     .symptom = "The image is listed. `docker run` fails with \"error creating overlay mount\" and \"no such "
                "file or directory\"; a pull says \"Already exists\".",
     .cause =
         "A power cut soon after a pull on btrfs, a cleaning script, or a partial copy of the data root.",
     .explanation =
         "The directory is there and its `diff` folder is not. The files can come only from a copy whose "
         "hash is the diff id. `drydock repair` leaves the layer; with `--evict-damaged` it sets it aside "
         "with what is built on it, so that a pull fetches it again.",
     .advice = kEvict},
    {.kind = Damage::owner_missing,
     .code = "owner-missing",
     .subject = SubjectKind::store,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "folder that tells who owns the directories is gone or empty",
     .symptom = "After a start `docker ps -a` shows no containers, or `docker images` no images, while "
                "`overlay2` is still full; a build cache may be gone.",
     .cause = "`containers`, `image` or `buildkit` lies on a disk that is not mounted, was left out of a "
              "restore, or was removed to get dockerd going again.",
     .explanation =
         "Driver directories are judged by their owners, and here one kind of owner is wholly absent. That "
         "proves nothing: the result is undetermined, and no directory counts as an orphan. `drydock repair` "
         "leaves it. With `--accept-missing-owner` it takes what is absent for gone, and sets aside what "
         "needs it: images without layers, or mount records without containers.",
     .advice =
         "Do not prune and do not delete directories. Look for the missing mount or backup of the folder "
         "that the report names, put it back and run `drydock check` again. If it is gone for good, type "
         "`drydock repair --accept-missing-owner` with `containers`, `layerdb` or `buildkit`."},
    {.kind = Damage::link_missing,
     .code = "link-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory lost its short name",
     .symptom = "`docker run` and builds on this layer fail with \"link: no such file or directory\"; "
                "containers that exist go on working.",
     .cause = kPartialCopy,
     .explanation = kRebuildLink,
     .advice = kWriteLink},
    {.kind = Damage::link_empty,
     .code = "link-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory holds an empty short name",
     .symptom = "\"readlink .../overlay2/l: invalid argument\" or \"too many levels of symbolic links\". Or "
                "no error at all: a new container lacks the layer's files and shows links with names of 26 "
                "characters in its root folder.",
     .cause = kTornDriver,
     .explanation = "The folder of all short links is mounted in place of this layer, and each layer "
                    "extracted on top of it copies the fault. `drydock repair` writes the name again: "
                    "exactly one symbolic link in `overlay2/l` points to this directory. Where nothing tells "
                    "the old name it is left: this version makes no new ones.",
     .advice = "Do not pull or build on this layer: that spreads the fault. With dockerd stopped, type "
               "`drydock repair`, and run `drydock check` again for the `lower` files above."},
    {.kind = Damage::link_malformed,
     .code = "link-malformed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory holds garbage in place of its short name",
     .symptom = "`docker run` and builds on this layer fail with \"error creating overlay mount\" and \"no "
                "such file or directory\" or \"invalid argument\".",
     .cause = "NUL bytes after a crash, a newline that an editor added, or blocks of another file after a "
              "file-system repair.",
     .explanation = kRebuildLink,
     .advice = kWriteLink},
    {.kind = Damage::short_link_missing,
     .code = "short-link-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "short link to a driver directory is gone",
     .symptom =
         "`docker run` fails with \"error creating overlay mount\" and \"no such file or directory\", "
         "`docker inspect` with `readlink` of a name below `overlay2/l`. dockerd never makes the link again.",
     .cause = "A copy of the data root without symbolic links, a cleaning script that took `overlay2/l` for "
              "waste, or a power cut: the link is never flushed.",
     .explanation =
         "The directory is whole, but the kernel reaches it only through this link. `drydock repair` makes "
         "it again: its name stands in `link` and its target is the directory's own `diff`.",
     .advice = kTypeRepair},
    {.kind = Damage::short_link_wrong,
     .code = "short-link-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "short link leads to the wrong place",
     .symptom = "The container shows the files of another layer, or its mount fails; `docker inspect` may "
                "say \"readlink\" and \"invalid argument\".",
     .cause = "A copy of the data root that followed links (`cp -L`, `rsync -L`) and left folders in their "
              "place, or links mixed up by hand.",
     .explanation = "The kernel mounts whatever the link leads to, so containers may run on a wrong file "
                    "tree. `drydock repair` puts the right link in its place: `link` of the directory tells "
                    "the name and the directory itself the target.",
     .advice = "Do not start containers of the images named. With dockerd stopped, type `drydock repair`."},
    {.kind = Damage::lower_missing,
     .code = "lower-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory lost the list of layers below it",
     .symptom = "A new container sees the files of this one layer only: \"exec /bin/sh: no such file or "
                "directory\". `docker save` still works.",
     .cause = kPartialCopy,
     .explanation = kRebuildLower,
     .advice = kWriteLink},
    {.kind = Damage::lower_empty,
     .code = "lower-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory holds an empty list of layers below it",
     .symptom = "\"error creating overlay mount\" with \"too many levels of symbolic links\", or \"readlink "
                ".../overlay2: invalid argument\".",
     .cause = kTornDriver,
     .explanation = kRebuildLower,
     .advice = kWriteLink},
    {.kind = Damage::lower_wrong,
     .code = "lower-wrong",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory lists the wrong layers below it",
     .symptom = "New containers lack files, or have those of other layers; or the mount fails with \"no such "
                "file or directory\" or \"too many levels of symbolic links\".",
     .cause = "A file cut off by a power cut, a newline added by an editor, a copy from another host, or a "
              "layer that was extracted over one whose `link` was empty.",
     .explanation = "Containers may run on a wrong file tree without any message. `drydock repair` writes "
                    "the list again: the layer records tell the chain of parents, and `link` of each gives "
                    "the element. If one element is not proven, the list is left.",
     .advice = kWriteLink},
    {.kind = Damage::work_missing,
     .code = "work-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "driver directory lost its work folder",
     .symptom = "`docker run` or a build on this layer fails with \"error creating overlay mount\" and \"no "
                "such file or directory\".",
     .cause = kPartialCopy,
     .explanation = "overlayfs needs an empty folder `work` beside a `diff` that it mounts read-write. "
                    "`drydock repair` makes it again, with mode 0700; it holds no data.",
     .advice = kTypeRepair},
    {.kind = Damage::committed_wrong,
     .code = "committed-wrong",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "writable layer of a container is marked as read-only",
     .symptom = "The container starts, and each write in it fails with \"Read-only file system\".",
     .cause = "A copy or restore that mixed up directories, or a tool that wrote the mark. No daemon puts it "
              "on a container's own directory.",
     .explanation = "An empty file `committed` tells dockerd to mount the directory read-only. Nothing "
                    "stands on this directory, so the mark is wrong. `drydock repair` sets the file aside; "
                    "everything the container wrote is unchanged.",
     .advice = kTypeRepair},
    // orphans and leftovers
    {.kind = Damage::layer_record_orphan,
     .code = "layer-record-orphan",
     .subject = SubjectKind::layer,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "layer that no image, container or build uses",
     .symptom =
         "`docker images` does not show it and `docker system prune` does not remove it; only the disk "
         "is fuller than `docker system df` says.",
     .cause = "A daemon that was killed between the layers of a pull or load, or while it removed an image: "
              "after its next start nothing asks for the layer any more, and nothing takes it away.",
     .explanation = "The record and its driver directory are in order. No image config, no container, no "
                    "layer that is used and no record of the build cache needs them. A pull or load of an "
                    "image that has this layer would use it again. `drydock repair` keeps it; with "
                    "`--reclaim` it takes away what the report lists under takes.",
     .advice = kReclaim},
    {.kind = Damage::layer_removing_leftover,
     .code = "layer-removing-leftover",
     .subject = SubjectKind::layer,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "removal of a layer that was not finished",
     .symptom = "Nothing, but a disk that is fuller than it should be. At debug level: \"Ignoring invalid "
                "digest\" with the record's name.",
     .cause =
         "dockerd renames a layer's record before it removes the layer, and was killed or failed in "
         "between. It tries again only when it is stopped properly, which hosts that are reset never do.",
     .explanation = "Nobody uses the layer any more: record and driver directory wait for their removal. "
                    "`drydock repair` keeps them; with `--reclaim` it takes them away.",
     .advice = "Start dockerd and stop it properly (`systemctl stop docker`): it then removes them. If the "
               "record has no `cache-id`, dockerd never does; `drydock repair --reclaim` with dockerd "
               "stopped takes away what the report lists under takes."},
    {.kind = Damage::layer_removing_live,
     .code = "layer-removing-live",
     .subject = SubjectKind::layer,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "removal that would destroy a layer in use",
     .symptom =
         "Nothing yet. When dockerd is next stopped properly, it removes the directory that the record "
         "names; after that containers of the images named do not start: \"no such file or directory\".",
     .cause = "A record copied or renamed by hand, a restore that mixed two states of the store, or a layer "
              "that was pulled again into a directory of the same name.",
     .explanation = "The record says that its layer is to be removed, and somebody uses the same driver "
                    "directory, or the name leads out of the driver's folder. dockerd does not ask who uses "
                    "it. `drydock repair` sets that record aside and leaves the directory.",
     .advice = "Do not stop or restart a running dockerd. If it runs, kill it (`kill -9`), so that it cleans "
               "up nothing; then type `drydock repair`."},
    {.kind = Damage::write_set_leftover,
     .code = "write-set-leftover",
     .subject = SubjectKind::layer,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "layer record that was never finished",
     .symptom = "Nothing, but a disk that is fuller than it should be.",
     .cause = "A daemon that was killed, or lost power, while it unpacked a layer or wrote its record.",
     .explanation = "dockerd gathers a record in `layerdb/tmp` and renames it into place as the last step. "
                    "It never looks there again. Where all files of the record are there and an image waits "
                    "for just this layer, the report says so, and `drydock repair` keeps it: this version "
                    "does not finish records. Others it takes away with `--reclaim`.",
     .advice = kReclaim},
    {.kind = Damage::driver_directory_orphan,
     .code = "driver-directory-orphan",
     .subject = SubjectKind::driver_directory,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "driver directory that belongs to nobody",
     .symptom =
         "`du` of `overlay2` tells far more than `docker system df`, and `docker system prune` answers "
         "\"Total reclaimed space: 0B\".",
     .cause = "A full disk, a kill or a power cut during a pull, load, build or start of a container; each "
              "leaves a directory or two. dockerd has no record of them and never removes them.",
     .explanation = "No layer, container or record of the build cache names the directory, nothing that they "
                    "name stands on it, and no record that lost its directory could mean it. Where such an "
                    "owner cannot be asked, no directory that might be its own is listed here. `drydock "
                    "repair` keeps it; with `--reclaim` it takes away what the report lists under takes.",
     .advice = "Nothing breaks if it stays. It may hold what a container wrote: look before you free its "
               "room. With dockerd stopped: `drydock repair --reclaim`, and `drydock undo --forget all` when "
               "all is well. `drydock repair --reclaim --forget` frees it at once; that cannot be undone."},
    {.kind = Damage::short_link_stale,
     .code = "short-link-stale",
     .subject = SubjectKind::driver_directory,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "short link that no directory uses",
     .symptom = "Nothing.",
     .cause = "A layer or container whose creation failed half way, or directories removed by hand.",
     .explanation = "A name in `overlay2/l` that no `link` and no `lower` file has. It takes no room and "
                    "does no harm. `drydock repair` keeps it; with `--reclaim` it takes it away.",
     .advice = "None is needed."},
    {.kind = Damage::mount_record_orphan,
     .code = "mount-record-orphan",
     .subject = SubjectKind::container,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "mount record without a container",
     .symptom = "No command lists it. The layers below it stay for ever, also after `docker rmi` of their "
                "images.",
     .cause =
         "A daemon that was killed while it made or removed a container, or in the middle of a build step.",
     .explanation =
         "The record names a writable directory and the layer below it; there is no folder of that name in "
         "`containers`, and BuildKit has no such snapshot. The writable directory may hold what a lost "
         "container wrote. `drydock repair` sets the record aside and leaves the directory.",
     .advice = "Look into the `diff` folder of the writable directory for files that somebody misses. Then, "
               "with dockerd stopped, type `drydock repair`. Once that is forgotten (`drydock undo "
               "--forget`), the next check names the directory if it is nobody's."},
    {.kind = Damage::temporary_leftover,
     .code = "temporary-leftover",
     .subject = SubjectKind::file,
     .severity = Severity::warning,
     .level = Level::metadata,
     .repair = RepairClass::reclaim,
     .title = "temporary file of a killed daemon",
     .symptom = "Nothing, but a disk that is fuller than it should be.",
     .cause =
         "A daemon that was killed while it downloaded, loaded or built, or before it renamed a file that "
         "it had just written into place.",
     .explanation = "Downloads and contexts in `tmp`, files named `.tmp-` beside the file that they were to "
                    "replace, and folders in which the driver tried what the file system can do. Nothing "
                    "reads them again. dockerd empties `tmp` itself at its next start. `drydock repair` "
                    "keeps them; with `--reclaim` it takes them away.",
     .advice = "None is needed. To free the room, type `drydock repair --reclaim` with dockerd stopped."},
    // layer content
    {.kind = Damage::content_file_missing,
     .code = "content-file-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::needs_donor,
     .title = "file of a layer is gone",
     .symptom =
         "Programs in the container say \"no such file or directory\"; `docker save` fails with `open` of "
         "the file. Removing and pulling the image may change nothing, because the layer \"Already exists\".",
     .cause = "A virus scanner that moved the file away, a cleaning script, an extraction that was cut off, "
              "or a file-system repair.",
     .explanation = "The tar headers of the layer list the file and its checksum, but its bytes are not on "
                    "this disk. They can come only from a copy of the layer that hashes to the diff id. "
                    "`drydock repair` leaves the layer; with `--evict-damaged` it sets it aside with what is "
                    "built on it, so that a pull fetches it again.",
     .advice = kPullAgain},
    {.kind = Damage::content_file_empty,
     .code = "content-file-empty",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::needs_donor,
     .title = "file of a layer has lost its bytes",
     .symptom = "\"exec format error\", \"file too short\", `ImportError` or a crash in the container; "
                "`docker save` says \"file integrity checksum failed\". Removing and pulling the image may "
                "change nothing, because the layer \"Already exists\".",
     .cause = "A power cut or reset within about half a minute of a pull or build: dockerd flushes the "
              "record of the layer and not its files. It often hits many files of the newest layers at once.",
     .explanation = "Name, mode and time are right and the length is zero, where the layer has bytes. They "
                    "can come only from a copy of the layer that hashes to the diff id; all names of the "
                    "file are one finding. `drydock repair` leaves the layer; with `--evict-damaged` it sets "
                    "it aside with what is built on it, so that a pull fetches it again.",
     .advice = kPullAgain},
    {.kind = Damage::content_file_changed,
     .code = "content-file-changed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::needs_donor,
     .title = "bytes of a file of a layer have changed",
     .symptom = "Wrong behaviour or crashes in the container; `docker save` and `docker push` say \"file "
                "integrity checksum failed\". `docker run` shows no message.",
     .cause = "Bit rot, bad memory, a disk or VM that lost writes, a virus scanner that \"cleaned\" a file, "
              "or somebody who edited files below `overlay2`.",
     .explanation =
         "The recorded CRC-64 or size of the file does not fit what lies on disk. The right bytes can come "
         "only from a copy of the layer that hashes to the diff id. If several layers are hit, test the "
         "memory and the disk first. `drydock repair` leaves the layer; with `--evict-damaged` it sets it "
         "aside with what is built on it, so that a pull fetches it again.",
     .advice = kPullAgain},
    {.kind = Damage::content_file_extra,
     .code = "content-file-extra",
     .subject = SubjectKind::layer,
     .severity = Severity::warning,
     .level = Level::content,
     .repair = RepairClass::quarantine,
     .title = "layer holds a file that nobody put into the image",
     .symptom = "Nothing from Docker: no command compares the names. Containers see the file; `docker save` "
                "leaves it out.",
     .cause = "A scanner's or indexer's file, a `.nfs...` left by a network file system, or somebody who "
              "wrote below `overlay2`.",
     .explanation = "The tar headers of the layer do not list the name. The image loses nothing without it, "
                    "but it may be somebody's data, so `drydock repair` sets it aside and does not delete "
                    "it; with `-p` it leaves it.",
     .advice = "Look at the file first. If nobody needs it there, type `drydock repair` with dockerd stopped."
    },
    {.kind = Damage::content_type_changed,
     .code = "content-type-changed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "entry of a layer has changed its type",
     .symptom = "Programs in the container fail with \"Not a directory\", \"Is a directory\" or \"no such "
                "file or directory\"; Docker has no message.",
     .cause = kRootCopied,
     .explanation =
         "A file, folder, symbolic link, device or fifo stands where the layer has another kind of entry. "
         "The recorded tar headers prove the right one if the layer's bytes hash to the diff id; a file with "
         "bytes needs a copy of the layer. `drydock repair` does not put it back yet; with `--evict-damaged` "
         "it sets the layer aside, so that a pull fetches it again.",
     .advice = kHeadersTell},
    {.kind = Damage::content_link_changed,
     .code = "content-link-changed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "link or device of a layer has changed",
     .symptom = "Programs in the container find the wrong file or device; after a copy without hard links "
                "the data root is larger than before. Docker has no message.",
     .cause = kRootCopied,
     .explanation = "The target of a symbolic link, the names that share one file, or a device number is not "
                    "what the layer's tar headers say. Those headers prove the right one if the layer's "
                    "bytes hash to the diff id. `drydock repair` does not put it back yet; with "
                    "`--evict-damaged` it sets the layer aside, so that a pull fetches it again.",
     .advice = kHeadersTell},
    {.kind = Damage::content_attributes_changed,
     .code = "content-attributes-changed",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "owner, mode, time or capabilities in a layer have changed",
     .symptom =
         "`ping` says \"operation not permitted\", setuid programs or services refuse to run, databases "
         "complain about the owner. Docker has no message: `docker save` does not look at attributes.",
     .cause = kRootCopied,
     .explanation =
         "Owner, mode, modification time or extended attributes are not what the layer's tar headers say. "
         "Those headers prove the right ones if the layer's bytes hash to the diff id. A changed time alone "
         "misleads caches and little else. `drydock repair` does not put them back yet; with "
         "`--evict-damaged` it sets the layer aside for an error, so that a pull fetches it again.",
     .advice = kHeadersTell},
    {.kind = Damage::whiteout_missing,
     .code = "whiteout-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "mark of a deleted file is gone, so the file comes back",
     .symptom = "Files that the image deleted appear again in containers; two versions of a package may lie "
                "side by side. Docker has no message.",
     .cause = "A copy of the data root without device files (`rsync` without `-D`, an unprivileged copy), or "
              "a cleaning script that took the marks for waste.",
     .explanation = "A whiteout is a character device 0:0 with the name of the deleted entry; without it the "
                    "layer below shows through. The recorded tar headers list each one, and prove it if the "
                    "layer's bytes hash to the diff id. `drydock repair` does not put it back yet; with "
                    "`--evict-damaged` it sets the layer aside, so that a pull fetches it again.",
     .advice = kHeadersTell},
    {.kind = Damage::opaque_missing,
     .code = "opaque-missing",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::rebuild,
     .title = "mark of a replaced folder is gone, so old files come back",
     .symptom = "A folder that the image replaced shows its old files again, mixed with the new ones. Docker "
                "has no message.",
     .cause = "A copy of the data root without extended attributes (`rsync` without `-X`), or a rootless "
              "daemon or kernel that could not set them.",
     .explanation =
         "The folder should carry the attribute `trusted.overlay.opaque`, `user.overlay.opaque` in rootless "
         "stores, which hides what lies below. The recorded tar headers list each one, and prove it if the "
         "layer's bytes hash to the diff id. `drydock repair` does not put it back yet; with "
         "`--evict-damaged` it sets the layer aside, so that a pull fetches it again.",
     .advice = kHeadersTell},
    {.kind = Damage::layer_digest_mismatch,
     .code = "layer-digest-mismatch",
     .subject = SubjectKind::layer,
     .severity = Severity::error,
     .level = Level::content,
     .repair = RepairClass::needs_donor,
     .title = "each file of a layer is right, but the whole is not",
     .symptom = "Containers run. `docker save`, `docker push` and the move to the containerd store fail with "
                "\"could not verify layer data\".",
     .cause = "A `tar-split.json.gz` that lost lines or was altered while it still decodes, or a `diff` that "
              "belongs to another layer.",
     .explanation = "Every file has its recorded size and checksum, yet the tar stream does not hash to the "
                    "diff id; so the tar headers, or the diff id, are not those of this layer. Attributes "
                    "cannot be proven from such headers. A copy of the layer that hashes to the diff id is "
                    "needed. `drydock repair` leaves the layer; with `--evict-damaged` it sets it aside with "
                    "what is built on it, so that a pull fetches it again.",
     .advice = kPullAgain},
    {.kind = Damage::layer_unverifiable,
     .code = "layer-unverifiable",
     .subject = SubjectKind::layer,
     .severity = Severity::note,
     .level = Level::content,
     .repair = RepairClass::leave,
     .title = "layer could never be verified, since the day it was stored",
     .symptom = "Containers run. `docker save` and `docker push` fail with \"could not verify layer data\" "
                "or \"file integrity checksum failed\", and always did.",
     .cause = "An image whose tar has an unusual construct, such as sparse files or hard links with a size, "
              "which Docker's record of the tar cannot reproduce. The report names the construct.",
     .explanation = "This is no damage: the record lost the exact tar when the layer was stored. Files that "
                    "can be compared by themselves were compared. It is left alone.",
     .advice = "Nothing needs to be done to run it. To export such an image, build it again, or copy a "
               "container with `docker export`."},
    // containers
    {.kind = Damage::mount_record_missing,
     .code = "mount-record-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "container has lost the record of its writable layer",
     .symptom =
         "`docker ps -a` does not show the container, while its folder stays; at start dockerd logs \"failed "
         "to load container mount\" and \"mount does not exist\", or a command says \"RWLayer of container "
         "... is unexpectedly nil\". dockerd 29.4 and later lists it so that it can be removed.",
     .cause = "A power cut or kill soon after `docker create`, a removal that was interrupted, a full disk, "
              "or `layerdb/mounts` missing from a restore.",
     .explanation =
         "What the container wrote still lies in its driver directory, but dockerd no longer knows which "
         "one. `drydock repair` writes the record again only if exactly one unclaimed pair of directories "
         "fits the image's chain by its `lower`; candidates that are not proven are not picked.",
     .advice = "Do not prune and do not delete driver directories: one of them has the container's files. "
               "With dockerd stopped, type `drydock repair`. If the record stays lost and the report names "
               "the directory, copy its `diff` to a safe place and create the container anew."},
    {.kind = Damage::mount_id_missing,
     .code = "mount-id-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record lost the name of the container's directory",
     .symptom = kContainerHidden,
     .cause = kLostFile,
     .explanation = "dockerd does not know which driver directory holds what the container wrote; the files "
                    "themselves are there. `drydock repair` writes the name again: `init-id` is the same "
                    "name with `-init` after it, and only one directory stands on that one.",
     .advice = kWriteMount},
    {.kind = Damage::mount_id_malformed,
     .code = "mount-id-malformed",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record holds no valid directory name",
     .symptom = kContainerHidden,
     .cause = kTornMount,
     .explanation =
         "An empty or broken `mount-id` hides the driver directory that holds what the container wrote; the "
         "files themselves are there. `drydock repair` writes the name again: `init-id` is the same name "
         "with `-init` after it, and only one directory stands on that one.",
     .advice = kWriteMount},
    {.kind = Damage::init_id_missing,
     .code = "init-id-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record lost the name of the init directory",
     .symptom = "The container works. `docker diff` shows files such as `/etc/hosts` and `/dev/console` as "
                "changed, and after `docker rm` a directory `...-init` stays behind for ever.",
     .cause = kLostFile,
     .explanation = "dockerd takes the container for one without an init layer. `drydock repair` writes the "
                    "name again: it is `mount-id` with `-init` after it, and that directory exists.",
     .advice = kTypeRepair},
    {.kind = Damage::init_id_malformed,
     .code = "init-id-malformed",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record holds no valid name of the init directory",
     .symptom = kContainerHidden,
     .cause = kTornMount,
     .explanation =
         "One broken file hides the whole container, while its data are whole. `drydock repair` writes the "
         "name again: it is `mount-id` with `-init` after it, and that directory exists.",
     .advice = kWriteMount},
    {.kind = Damage::mount_parent_missing,
     .code = "mount-parent-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record lost the name of the container's image layer",
     .symptom = "The container works. But dockerd no longer keeps the image's layers for it: once the image "
                "is removed, the container cannot start, \"error creating overlay mount ... no such file or "
                "directory\".",
     .cause = kLostFile,
     .explanation = "The next removal of the image deletes the files that the container stands on. `drydock "
                    "repair` writes the chain id again that the container's image gives; where that image is "
                    "gone, the record is left.",
     .advice = "Do not remove the container's image and do not prune images. With dockerd stopped, type "
               "`drydock repair`."},
    {.kind = Damage::mount_parent_malformed,
     .code = "mount-parent-malformed",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "mount record holds garbage in place of the image layer",
     .symptom = kContainerHidden,
     .cause = kTornMount,
     .explanation = "One broken file hides the whole container, and dockerd does not keep the image's layers "
                    "for it. `drydock repair` writes the chain id again that the container's image gives; "
                    "where that image is gone, the record is left.",
     .advice = kWriteMount},
    {.kind = Damage::mount_parent_dangling,
     .code = "mount-parent-dangling",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "container stands on an image layer that has no record",
     .symptom = kContainerHidden,
     .cause = "The image's layer record was removed by hand or lost in a crash, or `image` was restored from "
              "a backup older than the container.",
     .explanation = "The record names a chain id of which there is no record and no image. `drydock repair` "
                    "writes the chain id that the container's own image gives, if it is another layer of "
                    "this store; else the record is left, and the layer has to be pulled again.",
     .advice = "With dockerd stopped, type `drydock repair`. If it leaves the record, copy what the "
               "container wrote from the `diff` of its own driver directory. Then `docker pull` the exact "
               "image that it was made from, by digest if the tag has moved on, and restart dockerd: with "
               "the layer back, so is the container."},
    {.kind = Damage::rw_directory_missing,
     .code = "rw-directory-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "directory with all that a container wrote is gone",
     .symptom = "The container is listed. `docker start`, `docker diff` and `docker export` fail with \"no "
                "such file or directory\"; `docker rm` works.",
     .cause = "`rm -rf` in `overlay2` to free a full disk, a removal that was interrupted, a file-system "
              "repair, or a restore without `overlay2`.",
     .explanation = "What the container wrote outside its volumes existed only there, and nothing can prove "
                    "it back. Its settings and its volumes are whole; `drydock repair` leaves the record, so "
                    "that dockerd can remove the container cleanly.",
     .advice =
         "If there is a backup, put the directory back and run `drydock check` again. Else note the settings "
         "(`docker inspect`), `docker rm` the container and create it anew with the same volumes."},
    {.kind = Damage::init_directory_missing,
     .code = "init-directory-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::rebuild,
     .title = "init directory of a container is gone",
     .symptom = "`docker start` fails with \"error creating overlay mount\" and \"no such file or "
                "directory\"; `docker rm` works.",
     .cause = kPartialCopy,
     .explanation =
         "The directory `...-init` lies between the image and what the container wrote, and holds only empty "
         "files and mount points that dockerd puts into each container. `drydock repair` makes it again if "
         "the container's own `lower` proves what it stood on; what the container wrote is whole.",
     .advice = "Do not remove the container before its data are safe. With dockerd stopped, type `drydock "
               "repair`. If it leaves the container, copy what it wrote from the `diff` of the directory "
               "without `-init` and create it anew."},
    {.kind = Damage::container_config_missing,
     .code = "container-config-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "container has lost its configuration",
     .symptom = "`docker ps -a` does not show the container, and its name is free for another one; at start "
                "dockerd logs \"failed to load container\" with \"no such file or directory\" for "
                "`config.v2.json`.",
     .cause = "A removal or a `docker create` that was interrupted, a file-system check after a crash, or a "
              "cleaning script.",
     .explanation = kLostContainerConfig,
     .advice = kSaveWritable},
    {.kind = Damage::container_config_empty,
     .code = "container-config-empty",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "configuration of a container is empty",
     .symptom = "`docker ps -a` does not show the container, and its name is free for another one; at start "
                "dockerd logs \"failed to load container\" with \"EOF\".",
     .cause = "A power cut or a full disk while dockerd wrote the file (it does so at each start and stop of "
              "the container), or a file-system repair.",
     .explanation = kLostContainerConfig,
     .advice = kSaveWritable},
    {.kind = Damage::container_config_corrupt,
     .code = "container-config-corrupt",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "dockerd cannot use the configuration of a container",
     .symptom =
         "`docker ps -a` does not show the container; at start dockerd logs \"failed to load "
         "container\" with \"invalid character\", \"unexpected EOF\", \"cannot unmarshal\" or \"is "
         "stored at\". Where the finding is fatal, dockerd ends at start with \"invalid memory address "
         "or nil pointer dereference\", and no container of the host runs.",
     .cause =
         "A crash that left a block of other bytes or of NULs, a folder that was copied to another name, "
         "or an edit by hand or script.",
     .explanation = "The file is no JSON, holds a value of another type than dockerd expects, belongs to "
                    "another container, or lacks an object that dockerd follows without looking. Docker "
                    "keeps no second copy. `drydock repair` sets the container's folder and its mount record "
                    "aside; what it wrote stays where it is.",
     .advice = "If the detail names one wrong value of an otherwise good file, mend that value with dockerd "
               "stopped. Else copy the folder with what the container wrote, if the report names one, to a "
               "safe place, type `drydock repair`, and create the container anew from what you know of it (a "
               "compose file, a script)."},
    {.kind = Damage::container_hostconfig_missing,
     .code = "container-hostconfig-missing",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "container has lost its host configuration",
     .symptom =
         "Nothing at first: dockerd lists the container and takes defaults for everything that stood in "
         "the file. Started, it has no bind mounts, no published ports, no limits and no restart policy.",
     .cause = "A removal that was interrupted, a file-system check after a crash, or a cleaning script.",
     .explanation = "At its next start dockerd writes a new file with defaults, and then nothing tells any "
                    "more that the old one is lost. A database whose bind mount is gone begins with an empty "
                    "folder. Docker keeps no second copy; `MountPoints` in `config.v2.json` still names "
                    "volumes and binds. `drydock repair` leaves the container as it is.",
     .advice =
         "Do not start the container. Keep a copy of its `config.v2.json`, then create it anew with the "
         "options that it had (a compose file, a script); `MountPoints` in that copy helps."},
    {.kind = Damage::container_hostconfig_corrupt,
     .code = "container-hostconfig-corrupt",
     .subject = SubjectKind::container,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "dockerd cannot read the host configuration of a container",
     .symptom =
         "`docker ps -a` does not show the container; at start dockerd logs \"failed to load "
         "container\" with \"EOF\", \"invalid character\" or \"cannot unmarshal\". Where the file holds "
         "nothing but `null`, dockerd ends at start with \"invalid memory address or nil pointer "
         "dereference\", and no container of the host runs.",
     .cause = "A power cut or a full disk while dockerd wrote the file, a crash that left other bytes, or a "
              "script that wrote the result of a failed query.",
     .explanation =
         "Bind mounts, ports, limits and the restart policy of the container are lost; Docker keeps no "
         "second copy. Without the file dockerd would list it again, but with defaults for all that stood in "
         "it: a database whose bind mount is gone begins with an empty folder. So `drydock repair` sets the "
         "container's folder and its mount record aside; what it wrote stays where it is.",
     .advice = "With dockerd stopped, copy `config.v2.json` (its `MountPoints` names volumes and binds) and "
               "what the container wrote to a safe place. Then type `drydock repair` and create the "
               "container anew with the options that it had."},
    {.kind = Damage::container_image_missing,
     .code = "container-image-missing",
     .subject = SubjectKind::container,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "image of a container has been removed",
     .symptom = "`docker ps` shows an id instead of the image's name; the container runs as before.",
     .cause = "`docker rmi -f` of an image that a container uses, which Docker allows.",
     .explanation = "The container holds the layers that it stands on; the image's config is needed for "
                    "nothing but its name and for `docker commit`. Nothing to repair.",
     .advice = "Nothing needs to be done. When the container is removed, its layers go with it."},
    {.kind = Damage::container_foreign_driver,
     .code = "container-foreign-driver",
     .subject = SubjectKind::container,
     .severity = Severity::note,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "container of a storage driver that has no store here",
     .symptom = "`docker ps -a` does not show the container; with debugging on dockerd logs \"cannot load "
                "container because it was created with another storage driver\", or \"not restoring "
                "container\" since 24.0.",
     .cause = "The storage driver of the host was changed, and the store of the old one was deleted or left "
              "behind when the data root was copied.",
     .explanation =
         "Only the folder of the container is here: what it wrote, and its image, were in the other "
         "store. dockerd passes it over. Nothing can be repaired from this data root.",
     .advice = "If the other store still exists somewhere, bring it back beside this one. If not, the "
               "container's folder may serve to look its options up and is of no other use."},
    // databases
    {.kind = Damage::database_corrupt,
     .code = "database-corrupt",
     .subject = SubjectKind::database,
     .severity = Severity::fatal,
     .level = Level::metadata,
     .repair = RepairClass::quarantine,
     .title = "one of Docker's databases is damaged",
     .symptom =
         "dockerd does not start: \"invalid database\", \"file size too small\", \"checksum error\", "
         "\"invalid freelist page\", \"unexpected fault address\" or another Go panic. Where the report "
         "says `error` and not `fatal` it starts, and ends or loses records once it comes to the "
         "damaged page.",
     .cause = "A power cut, a full disk or a disk that confirms writes too early; a copy made while dockerd "
              "was running; a file-system repair. BuildKit's `cache.db` is never flushed at all.",
     .explanation =
         "Images, layers and what containers wrote are not in these files. `volumes/metadata.db` holds "
         "labels and options of volumes (their files lie beside it), `network/files/local-kv.db` the "
         "networks, `buildkit` the build cache, `containerd` what containerd knows of running containers. "
         "`drydock repair` sets the file aside, and dockerd makes a new one; databases of volumes and "
         "networks only with `--accept-database-loss`.",
     .advice = "With dockerd stopped, type `drydock repair`, for volumes and networks with "
               "`--accept-database-loss`, and start dockerd. Volumes keep their files; networks that you had "
               "created have to be created again. If builds fail after that, stop dockerd and move the whole "
               "folder `buildkit` out of the data root: its databases belong together."},
    {.kind = Damage::builder_snapshot_dangling,
     .code = "builder-snapshot-dangling",
     .subject = SubjectKind::database,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "build cache names a layer or directory that is gone",
     .symptom =
         "`docker system df` and `docker builder prune` fail for the whole build cache with \"failed to "
         "get usage for\" and \"snapshot not found\", \"layer does not exist\" or \"no such file or "
         "directory\"; builds fail with \"failed to get parent layer\".",
     .cause = "A build that was killed, a full disk, a power cut, or a directory below `overlay2` that was "
              "removed by hand or by a cleaning script.",
     .explanation = "Records of BuildKit's cache stand on snapshots that the store does not have. Images and "
                    "containers are not touched: the cache only saves time. `drydock repair` leaves the "
                    "records, since BuildKit alone knows what else stands on them.",
     .advice =
         "Try `docker builder prune -af`. If that fails, stop dockerd, move the whole folder `buildkit` out "
         "of the data root and start dockerd: the build cache is lost and nothing else."},
    // any
    {.kind = Damage::unreadable,
     .code = "unreadable",
     .subject = SubjectKind::file,
     .severity = Severity::error,
     .level = Level::metadata,
     .repair = RepairClass::leave,
     .title = "part of the store could not be read",
     .symptom = "Perhaps \"input/output error\", \"permission denied\" or \"structure needs cleaning\" in "
                "dockerd's or the kernel's log; perhaps nothing.",
     .cause = "drydock does not run as root, the disk fails, the file system needs repair, a network mount "
              "hangs, or the entry is a fifo, socket or device where a file should be.",
     .explanation = "What was not read is neither sound nor damaged: the result is undetermined, and nothing "
                    "is concluded from it. Other findings may have the same cause. `drydock repair` changes "
                    "nothing that this may concern.",
     .advice = "Run drydock as root. If the kernel log (`dmesg`) shows disk errors, save the data and run "
               "the file-system check before anything else; then `drydock check` again."},
}};

// The name of an enumerator, cut from the compiler's name of this very function:
// "... [with Damage kKind = drydock::Damage::diff_missing; ...]" or "... [kKind = ...]".
template <Damage kKind>
consteval std::string_view enumerator_name() {
    const std::string_view function = std::source_location::current().function_name();
    constexpr std::string_view kMarker = "kKind = drydock::Damage::";
    const std::size_t begin = function.find(kMarker) + kMarker.size();
    return function.substr(begin, function.find_first_of(";]", begin) - begin);
}

consteval bool is_code_of(std::string_view code, std::string_view enumerator) {
    if (code.empty() || code.size() != enumerator.size()) return false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char letter = enumerator[i] == '_' ? '-' : enumerator[i];
        const bool kebab = (letter >= 'a' && letter <= 'z') || letter == '-';
        if (!kebab || code[i] != letter) return false;
    }
    return code.front() != '-' && code.back() != '-' && code.find("--") == std::string_view::npos;
}

// Printable ASCII, single spaces, code spans closed, and outside of them nothing that Markdown reads.
consteval bool is_plain(std::string_view text) {
    constexpr std::string_view kMarkup = "<>*_[]|\\#~";
    bool in_code = false;
    char previous = ' ';
    for (const char c : text) {
        if (c < ' ' || c > '~' || (c == ' ' && previous == ' ')) return false;
        if (c == '`') in_code = !in_code;
        if (!in_code && kMarkup.find(c) != std::string_view::npos) return false;
        previous = c;
    }
    return !text.empty() && !in_code && previous != ' ';
}

consteval bool is_title(std::string_view text) {
    constexpr std::size_t kLongest = 64;  // leaves room for a code and a count on a line of 110
    return is_plain(text) && text.size() <= kLongest && text.back() != '.';
}

consteval bool is_prose(std::string_view text) {
    return is_plain(text) && text.back() == '.';
}

consteval bool is_unique(std::size_t index) {
    for (std::size_t other = 0; other < index; ++other) {
        if (kTable[other].code == kTable[index].code || kTable[other].title == kTable[index].title)
            return false;
    }
    return true;
}

// Instantiated for each row, so that an error names the index and no evaluation grows with the table.
template <std::size_t kIndex>
struct RowCheck {
    static constexpr const DamageKind& kRow = kTable[kIndex];
    static constexpr Damage kKind = static_cast<Damage>(kIndex);
    static_assert(kRow.kind == kKind, "a row is missing, or not in the order of the enum");
    static_assert(is_code_of(kRow.code, enumerator_name<kKind>()), "the code is not the enumerator's name");
    static_assert(is_unique(kIndex), "two rows share a code or a title");
    static_assert(is_title(kRow.title), "a title is one plain line without a final dot");
    static_assert(is_prose(kRow.symptom), "a symptom is plain text that ends with a dot");
    static_assert(is_prose(kRow.cause), "a cause is plain text that ends with a dot");
    static_assert(is_prose(kRow.explanation), "an explanation is plain text that ends with a dot");
    static_assert(is_prose(kRow.advice), "an advice is plain text that ends with a dot");
    static constexpr bool kPassed = true;
};

template <std::size_t... kIndices>
consteval bool all_rows_pass(std::index_sequence<kIndices...> /*rows*/) {
    return (RowCheck<kIndices>::kPassed && ...);
}

static_assert(all_rows_pass(std::make_index_sequence<kDamageCount>{}));

}  // namespace

std::span<const DamageKind> all_damage() {
    return kTable;
}

}  // namespace drydock
