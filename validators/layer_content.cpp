#include "validators/layer_content.hpp"

#include "platform/capability.hpp"
#include "platform/os_error.hpp"
#include "validators/merged_judge.hpp"
#include "validators/metadata.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace drydock {

namespace {

// Unowned directories that are tried for one layer whose directory is lost, best structural match first.
// Each try reads a whole layer.
constexpr std::size_t kMaxDirectoryTries = 16;
constexpr std::size_t kBuildKitIdLength = 25;

Finding
layer_finding(const Inventory& inventory, const LayerRecord& layer, Damage damage, std::string_view file) {
    return {
        .damage = damage,
        .subject = layer_subject(layer.chain),
        .path = inventory.layer_path(layer.chain, file),
    };
}

// Members whose bytes a later member of the same tar replaced or hid.
void note_replaced(const ExpectedTree& tree, StreamResult& result) {
    for (const PayloadProblem& problem : result.problems) {
        if (tree.live(problem.node)) continue;
        result.oddity_changes_digest = true;
        result.oddities.push_back(
            {.what = "a file with bytes that a later member replaces", .name = tree.path(problem.node)}
        );
    }
}

// The root ids of a userns-remap store, which its folder is named by: "165536.165536".
IdShift ids_of_folder(std::string_view name) {
    const auto number = [](std::string_view text) {
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && end == text.data() + text.size() ? value : 0;
    };
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return {.uid = number(name.substr(0, dot)), .gid = number(name.substr(dot + 1))};
}

}  // namespace

LayerChecker::LayerChecker(
    const StoreGraph& graph, const StoreAccess& access, ProgressCounters& progress, std::stop_token stop
)
    : graph_(graph),
      access_(access),
      progress_(progress),
      stop_(std::move(stop)),
      trusted_(can_see_trusted_attributes() ? TrustedSight::visible : TrustedSight::hidden),
      ids_(ids_of_folder(graph.inventory().folder_name)) {}

std::optional<DiffId> LayerChecker::wanted_digest(std::size_t layer) const {
    const LayerTruth& truth = graph_.truth(layer);
    if (truth.known) return truth.diff;
    const LayerRecord& record = graph_.inventory().layers[layer];
    return record.diff.present() ? std::optional(record.diff.value) : std::nullopt;
}

StreamResult
LayerChecker::stream(std::size_t layer, const ReadDir& files, ExpectedTree& tree, StreamPass pass) {
    const LayerRecord& record = graph_.inventory().layers[layer];
    try {
        const ReadDir folder = access_.image.open("layerdb/sha256/" + record.chain.hex());
        const ReadFile tar_split = folder.open_file("tar-split.json.gz");
        // The second pass over a damaged layer is no progress.
        ProgressCounters uncounted;
        const StreamRun run{
            .buffers = buffers_,
            .progress = pass == StreamPass::digest ? progress_ : uncounted,
            .stop = stop_,
            .ids = ids_,
        };
        return read_layer_stream(tar_split, files, tree, pass, run);
    } catch (const OsError& error) {
        StreamResult result;
        result.state = StreamResult::State::unreadable;
        result.error_number = error.error();
        return result;
    }
}

bool LayerChecker::proves(std::size_t layer, const std::string& directory) {
    const auto wanted = wanted_digest(layer);
    const auto files = wanted ? access_.driver.find(directory + "/diff") : std::nullopt;
    if (!files) return false;
    ExpectedTree tree;
    const StreamResult result = stream(layer, *files, tree, StreamPass::digest);
    return result.state == StreamResult::State::whole && result.digest == wanted;
}

std::optional<std::string> LayerChecker::search_directory(std::size_t layer) {
    const Inventory& inventory = graph_.inventory();
    if (!inventory.layers[layer].tar_split.present()) return std::nullopt;
    std::vector<std::string> tries;
    if (const DriverDirectory* candidate = graph_.candidate_directory(layer))
        tries.push_back(candidate->name);
    const auto expected = graph_.expected_lower(layer);
    for (const DriverDirectory& directory : inventory.directories) {
        if (tries.size() >= kMaxDirectoryTries) break;
        if (!graph_.owners(directory.name).empty() || !directory.has_diff) continue;
        const bool fits = !expected || has_lower(directory, *expected);
        if (fits && std::find(tries.begin(), tries.end(), directory.name) == tries.end()) {
            tries.push_back(directory.name);
        }
    }
    for (const std::string& name : tries) {
        if (stop_.stop_requested()) return std::nullopt;
        if (proves(layer, name)) return name;
    }
    return std::nullopt;
}

namespace {

bool lacks_bytes(const LayerOutcome& outcome) {
    return std::ranges::any_of(outcome.findings, [](const Finding& finding) {
        return finding.verdict == Verdict::damaged &&
               finding.effective_repair() == RepairClass::needs_donor &&
               finding.damage != Damage::tar_split_damaged;
    });
}

}  // namespace

LayerOutcome LayerChecker::check(std::size_t layer) {
    const Inventory& inventory = graph_.inventory();
    const LayerRecord& record = inventory.layers[layer];
    LayerOutcome outcome;
    if (!record.has_files || !record.tar_split.present()) return outcome;
    const DriverDirectory* directory = graph_.own_directory(layer);
    if (directory == nullptr && record.cache_id.sight != Sight::unreadable) {
        const bool shared = record.cache_id.present() && graph_.shared(record.cache_id.value);
        std::optional<std::string> found;
        if (!shared) found = search_directory(layer);
        directory = found ? inventory.find_directory(*found) : nullptr;
        outcome.directory = found;
    }
    if (directory != nullptr && directory->has_diff && directory->error == 0) {
        auto proven = outcome.directory;
        outcome = check_directory(layer, *directory);
        outcome.directory = std::move(proven);
        if (!outcome.directory && lacks_bytes(outcome)) look_elsewhere(layer, outcome);
    }
    outcome.stopped = stop_.stop_requested();
    return outcome;
}

// The record may name a directory that is not the layer's, and the layer's own be nobody's.
void LayerChecker::look_elsewhere(std::size_t layer, LayerOutcome& outcome) {
    const Inventory& inventory = graph_.inventory();
    const LayerRecord& record = inventory.layers[layer];
    const auto found = search_directory(layer);
    const DriverDirectory* directory = found ? inventory.find_directory(*found) : nullptr;
    if (directory == nullptr) return;
    outcome = check_directory(layer, *directory);
    outcome.directory = found;
    Finding finding = layer_finding(inventory, record, Damage::cache_id_wrong, "cache-id");
    finding.evidence.expected = found;
    finding.evidence.actual = record.cache_id.value;
    finding.witness = "the directory's own bytes, which hash to the diff id";
    outcome.findings.push_back(std::move(finding));
}

LayerChecker::Reading LayerChecker::read(std::size_t layer, const ReadDir& files) {
    const auto wanted = wanted_digest(layer);
    Reading reading;
    reading.result = stream(layer, files, reading.tree, StreamPass::digest);
    const StreamResult::State first = reading.result.state;
    const std::optional<DiffId> digest = reading.result.digest;
    reading.proven = wanted && digest == wanted;
    if (reading.proven || first == StreamResult::State::stopped || first == StreamResult::State::unreadable) {
        return reading;
    }
    // A second reading before anything is called damaged, and this time file by file.
    reading.tree = ExpectedTree();
    reading.result = stream(layer, files, reading.tree, StreamPass::files);
    const bool decoded = first == StreamResult::State::damaged;
    reading.differ = (digest && reading.result.digest && digest != reading.result.digest) ||
                     (decoded && reading.result.state == StreamResult::State::whole);
    return reading;
}

LayerOutcome LayerChecker::check_directory(std::size_t layer, const DriverDirectory& directory) {
    const Inventory& inventory = graph_.inventory();
    const LayerRecord& record = inventory.layers[layer];
    LayerOutcome outcome;
    try {
        const ReadDir files = access_.driver.open(directory.name + "/diff");
        Reading reading = read(layer, files);
        switch (reading.result.state) {
        case StreamResult::State::stopped:
        case StreamResult::State::broken_off:
            break;
        case StreamResult::State::damaged: {
            Finding finding =
                layer_finding(inventory, record, Damage::tar_split_damaged, "tar-split.json.gz");
            finding.evidence.detail = reading.result.error;
            outcome.findings.push_back(std::move(finding));
            break;
        }
        case StreamResult::State::unreadable:
            outcome.findings.push_back(make_unreadable(
                layer_subject(record.chain),
                inventory.layer_path(record.chain, "tar-split.json.gz"),
                reading.result.error_number,
                reading.result.error
            ));
            break;
        case StreamResult::State::whole:
            judge_reading(layer, directory, files, reading, outcome);
            break;
        }
    } catch (const OsError& error) {
        outcome.findings.push_back(make_unreadable(
            layer_subject(record.chain), inventory.directory_path(directory.name, "diff"), error.error()
        ));
    }
    return outcome;
}

void LayerChecker::judge_reading(
    std::size_t layer,
    const DriverDirectory& directory,
    const ReadDir& files,
    Reading& reading,
    LayerOutcome& outcome
) {
    const Inventory& inventory = graph_.inventory();
    const LayerRecord& record = inventory.layers[layer];
    const std::string base = inventory.directory_path(directory.name, "diff");
    const std::size_t share = ContentFindings::kMaxListedOfStore / inventory.layers.size();
    ContentFindings findings(
        layer_subject(record.chain), base, std::min(share + 1, ContentFindings::kMaxListed)
    );
    StreamResult& result = reading.result;
    note_replaced(reading.tree, result);
    outcome.digest = result.digest;
    if (reading.proven) {
        outcome.bytes_verified = result.bytes_read;
        judge_size(layer, reading.tree, result, outcome.findings);
    }
    const CompareOptions options{
        .maker = directory.name.size() == kBuildKitIdLength ? LayerMaker::buildkit : LayerMaker::unpacked,
        .trusted = trusted_,
        .ids = ids_,
        .proven = reading.proven,
    };
    compare_tree(reading.tree, files, result, options, findings);
    if (!reading.proven) judge_digest(layer, reading, findings);
    if (!result.oddities.empty()) {
        if (Finding* finding = findings.add(Damage::layer_unverifiable, {})) {
            finding->path = inventory.layer_path(record.chain);
            finding->evidence.detail = result.oddities.front().what;
            for (const Oddity& oddity : result.oddities) {
                finding->evidence.peers.push_back(oddity.name);
            }
        }
    }
    outcome.unlisted = findings.unlisted();
    std::vector<Finding> found = findings.take();
    const std::size_t before = found.size();
    ask_merged_trees(layer, base, found);
    if (found.size() < before && !outcome.digest) {
        Finding note = layer_finding(inventory, record, Damage::layer_unverifiable, {});
        note.evidence.detail = "it went through a mount: bytes of some files lie in the layers below";
        found.push_back(std::move(note));
    }
    std::move(found.begin(), found.end(), std::back_inserter(outcome.findings));
}

bool LayerChecker::replay_chain(const std::vector<std::size_t>& chain, ExpectedTree& tree) {
    for (const std::size_t index : chain) {
        const LayerRecord& record = graph_.inventory().layers[index];
        tree.begin_layer(index == chain.back() ? Replay::full : Replay::merged);
        const ReadFile tar_split =
            access_.image.open("layerdb/sha256/" + record.chain.hex()).open_file("tar-split.json.gz");
        if (!replay_layer_headers(tar_split, tree, stop_)) return false;
    }
    return true;
}

namespace {

// Drops what the merged trees do not confirm. Judged first and erased afterwards: a failure half way must
// not leave half a list.
void erase_unconfirmed(MergedJudge& judge, const std::string& base, std::vector<Finding>& findings) {
    std::set<std::string> from_a_mount;
    for (const Finding& finding : findings) {
        if (may_come_from_a_mount(finding) && finding.path.size() > base.size() &&
            judge.same_at(finding.path.substr(base.size() + 1))) {
            from_a_mount.insert(finding.path);
        }
    }
    std::erase_if(findings, [&](const Finding& finding) {
        return may_come_from_a_mount(finding) && from_a_mount.contains(finding.path);
    });
}

}  // namespace

void LayerChecker::ask_merged_trees(
    std::size_t layer, const std::string& base, std::vector<Finding>& findings
) {
    if (std::none_of(findings.begin(), findings.end(), may_come_from_a_mount)) return;
    const Inventory& inventory = graph_.inventory();
    std::vector<std::size_t> chain;  // base first, once complete
    std::vector<ReadDir> folders;    // topmost first
    try {
        for (const ChainId& id : graph_.ancestry(inventory.layers[layer].chain)) {
            const LayerRecord* record = inventory.find_layer(id);
            if (record == nullptr || chain.size() >= ExpectedTree::kMaxLayers) return;
            const auto index = static_cast<std::size_t>(record - inventory.layers.data());
            const DriverDirectory* directory = graph_.directory_of(index);
            if (directory == nullptr) return;
            chain.push_back(index);
            folders.push_back(access_.driver.open(directory->name + "/diff"));
        }
        std::reverse(chain.begin(), chain.end());
        ExpectedTree tree;
        if (!replay_chain(chain, tree)) return;
        const MergedView view(std::move(folders));
        MergedJudge judge(tree, view, ids_);
        erase_unconfirmed(judge, base, findings);
    } catch (const OsError& error) {
        // A layer below that is damaged gives no second opinion, and the first one stands. One that
        // could not be read leaves it open.
        if (is_absence(error.error())) return;
        for (Finding& finding : findings) {
            if (may_come_from_a_mount(finding)) finding.verdict = Verdict::undetermined;
        }
    }
}

// Every file is right by its CRC and the whole is not what it should be.
void LayerChecker::judge_digest(std::size_t layer, const Reading& reading, ContentFindings& findings) {
    const auto wanted = wanted_digest(layer);
    const std::optional<DiffId>& digest = reading.result.digest;
    const std::string path = graph_.inventory().layer_path(graph_.inventory().layers[layer].chain);
    if (reading.differ) {
        if (Finding* finding = findings.add(Damage::unreadable, {})) {
            finding->path = path;
            finding->verdict = Verdict::undetermined;
            finding->evidence.detail =
                "two readings of the layer differ: suspect the medium or the memory first";
        }
        return;
    }
    // A record that contradicts itself was told already; its bytes may well be those of the other diff.
    if (!digest || !wanted || digest == wanted || reading.result.oddity_changes_digest ||
        !graph_.truth(layer).known) {
        return;
    }
    if (Finding* finding = findings.add(Damage::layer_digest_mismatch, {})) {
        finding->path = path;
        finding->evidence.expected = wanted->text();
        finding->evidence.actual = digest->text();
    }
}

// `size` is advisory: what a daemon would have written by its driver, or BuildKit, is right.
void LayerChecker::judge_size(
    std::size_t layer, const ExpectedTree& tree, const StreamResult& result, std::vector<Finding>& findings
) const {
    const LayerRecord& record = graph_.inventory().layers[layer];
    if (!record.size.present()) return;
    std::uint64_t on_disk = 0;
    std::vector<bool> counted;
    for (NodeId id = 1; id < tree.node_count(); ++id) {
        if (!tree.live(id)) continue;
        const InodeId number = tree.node(id).inode;
        if (counted.size() <= number) counted.resize(number + std::size_t{1});
        if (counted[number]) continue;
        counted[number] = true;
        const ExpectedInode& inode = tree.inode(number);
        on_disk += S_ISLNK(inode.mode) ? tree.target(inode).size() : inode.size;
    }
    const auto size = static_cast<std::uint64_t>(record.size.value);
    if (size == on_disk || size == result.entry_size_sum || size == result.header_size_sum) return;
    Finding finding = layer_finding(graph_.inventory(), record, Damage::size_wrong, "size");
    finding.evidence.expected = std::to_string(on_disk);
    finding.evidence.actual = std::to_string(record.size.value);
    findings.push_back(std::move(finding));
}

}  // namespace drydock
