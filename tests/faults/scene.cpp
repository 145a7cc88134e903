#include "tests/faults/scene.hpp"

#include "tests/support/damage_steps.hpp"
#include "tests/support/store_builder.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace drydock {

namespace {

namespace fs = std::filesystem;

constexpr int kThrew = 3;

const std::vector<StoreTops>& tops() {
    static const std::vector<StoreTops> tops{{"image/overlay2", "overlay2", "containers"}};
    return tops;
}

// Few files: the loops run once for each system call.
ImageSet small_set() {
    SampleImage image;
    image.tags = {"demo/small:1"};
    image.layers = {
        make_layer({tar_folder("etc/"), tar_file("etc/one", "one\n")}), make_layer({tar_file("two", "two\n")})
    };
    finish_image(image, "/bin/sh");
    ImageSet set;
    set.images = {image};
    set.containers = {{"c1", "demo/small:1", {}}};
    return set;
}

NewObject file(std::string text) {
    return {.kind = NewObject::Kind::file, .text = std::move(text), .mode = 0644};
}

NewObject folder(std::vector<std::pair<std::string, NewObject>> entries) {
    return {.kind = NewObject::Kind::folder, .mode = 0710, .entries = std::move(entries)};
}

Change put(std::string path, NewObject object) {
    return {.path = std::move(path), .put = std::move(object)};
}

Change set_aside(std::string path) {
    return {.path = std::move(path), .put = std::nullopt};
}

// Every kind of change; what they say is no matter to a transaction.
std::vector<Change> image_changes(Places& places) {
    const std::string image = "image/overlay2";
    return {
        put(places.resolve("{record demo/small:1 0}/diff"), file("sha256:changed")),
        put(places.resolve("{record demo/small:1 0}/added"), file("new")),
        set_aside(places.resolve("{record demo/small:1 0}/size")),
        set_aside(places.resolve("{record demo/small:1 1}")),
        put(places.resolve("{mount c1}/init-id"), file("changed")),
        put(image + "/layerdb/mounts/new", folder({{"mount-id", file("id")}, {"parent", file("sha256:p")}})),
        put(image + "/distribution", folder({})),
        set_aside(image + "/repositories.json"),
    };
}

std::vector<Change> other_changes(Places& places) {
    const NewObject link{.kind = NewObject::Kind::link, .text = "../somewhere/diff"};
    return {
        put(places.resolve("{dir demo/small:1 0}/link"), file("CHANGED")),
        put("overlay2/l/ADDED", link),
        put(places.resolve("overlay2/l/{link demo/small:1 1}"), link),
        put(places.resolve("{dir demo/small:1 1}/work"), folder({})),
        put("overlay2/added", folder({{"link", file("ADDED")}, {"diff", folder({})}, {"short", link}})),
        set_aside(places.resolve("{init c1}")),
        set_aside(places.resolve("{rw c1}/lower")),
        put(places.resolve("{containerdir c1}/config.v2.json"), file("{}")),
        set_aside(places.resolve("{containerdir c1}/hostconfig.json")),
    };
}

void must(bool good, const std::string& what) {
    if (!good) throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

Root::~Root() {
    if (mounted_) (void)::umount((path() + "/image/overlay2").c_str());  // its namespace ends with us
}

TreeSnapshot Root::snapshot() const {
    return take_snapshot(path(), {"drydock", "image/overlay2/.drydock"});
}

void Root::arrange() {
    const std::string image = path() + "/image/overlay2";
    switch (place_) {
    case ImagePlace::in_place:
    case ImagePlace::link:
        return;
    case ImagePlace::own_mount:
        must(::mount(image.c_str(), image.c_str(), nullptr, MS_BIND, nullptr) == 0, "mount " + image);
        mounted_ = true;
        return;
    }
}

std::string describe(const Setting& setting) {
    constexpr const char* kPlaces[] = {"in place", "a link", "a mount"};
    return std::string(setting.plan == PlanKind::mixed ? "mixed plan" : "plan of image/ only") +
           ", image/overlay2 is " + kPlaces[static_cast<std::size_t>(setting.place)] +
           (setting.method == Transactions::Method::clone ? "" : ", single moves");
}

Scene::Scene(const Setting& setting) : temp_(fast_folder()), setting_(setting) {
    build_store(temp_.path("store"), small_set());
    Places places = Places::of_store(temp_.path("store"));
    fs::remove_all(temp_.path("store/image/overlay2/distribution"));
    if (setting.place == ImagePlace::link) {
        fs::create_directory(temp_.path("store/elsewhere"));
        fs::rename(temp_.path("store/image/overlay2"), temp_.path("store/elsewhere/overlay2"));
        fs::create_symlink("../elsewhere/overlay2", temp_.path("store/image/overlay2"));
    }
    plan_.changes = image_changes(places);
    if (setting.plan == PlanKind::mixed) {
        for (Change& change : other_changes(places)) {
            plan_.changes.push_back(std::move(change));
        }
    }
    plan_.keeps = {"kept"};
    for (const Change& change : plan_.changes) {
        written_.push_back(change.path);
        if (setting.place == ImagePlace::link && change.path.starts_with("image/")) {
            written_.back().replace(0, std::strlen("image"), "elsewhere");
        }
    }
    Root root(setting.place);
    copy_to(root);
    old_ = root.snapshot();
    apply(root);
    new_ = root.snapshot();
    forget_mtimes(new_, written_);
}

void Scene::copy_to(Root& root) const {
    copy_tree(temp_.path("store"), root.path());
    root.arrange();
}

std::string Scene::judge(const Root& root) const {
    TreeSnapshot now = root.snapshot();
    const std::string from_old = describe_difference(old_, now);
    if (from_old.empty()) return "old";
    forget_mtimes(now, written_);
    const std::string from_new = describe_difference(new_, now);
    return from_new.empty() ? "new" : "neither: from the old\n" + from_old + "from the new\n" + from_new;
}

void Scene::apply(const Root& root) const {
    const ReadDir dir = ReadDir::open_path(root.path());
    Transactions transactions(dir, tops());
    const Outcome outcome = transactions.apply("repair", plan_, {}, setting_.method);
    if (outcome.state != TransactionState::committed) throw std::logic_error("not carried out");
}

void Scene::undo(const Root& root) const {
    const ReadDir dir = ReadDir::open_path(root.path());
    Transactions transactions(dir, tops());
    const UndoOutcome undone = transactions.undo("", Transactions::Partial::refuse, {});
    if (!undone.conflicts.empty()) {
        throw std::logic_error(undone.conflicts.front().path + ": " + undone.conflicts.front().reason);
    }
    if (undone.outcome.state != TransactionState::committed) throw std::logic_error("not taken back");
}

void Scene::forget(const Root& root) const {
    const ReadDir dir = ReadDir::open_path(root.path());
    Transactions transactions(dir, tops());
    transactions.forget(list_transactions(dir).at(0).id);
}

void Scene::recover(const Root& root) const {
    const ReadDir dir = ReadDir::open_path(root.path());
    (void)Transactions(dir, tops()).recover();  // what it tells is compared on the disk
}

std::string Scene::settle(const Root& root, Forgotten forgotten) const {
    recover(root);
    std::string state = judge(root);
    const TreeSnapshot all = take_snapshot(root.path());
    recover(root);
    if (const std::string more = describe_difference(all, take_snapshot(root.path())); !more.empty()) {
        return state + ", and a second recovery changed\n" + more;
    }
    const std::vector<RecordedTransaction> listed = list_transactions(ReadDir::open_path(root.path()));
    for (const RecordedTransaction& transaction : listed) {
        if (transaction.state != TransactionState::committed) return state + ", and one is still interrupted";
    }
    if (state == "old") return listed.empty() ? state : "old, and a transaction is listed";
    if (state != "new" || (listed.empty() && forgotten == Forgotten::perhaps)) return state;
    if (listed.size() != 1) return "new, and not one transaction is listed";
    undo(root);
    const std::string undone = judge(root);
    return undone == "old" ? state : "new, and undone it is " + undone;
}

std::size_t every() {
    const char* const text = std::getenv("DRYDOCK_FAULTS_EVERY");
    return text == nullptr ? 1 : std::stoul(text);
}

bool can_make(ImagePlace place) {
    if (place != ImagePlace::own_mount) return true;
    static const bool able =
        ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    return able;
}

int run_in_child(const std::function<void()>& action) {
    const pid_t child = ::fork();
    must(child >= 0, "fork");
    if (child == 0) {
        const std::optional<std::string> failure = failure_of(action);
        if (failure) (void)!::write(STDERR_FILENO, (*failure + "\n").data(), failure->size() + 1);
        ::_exit(failure ? kThrew : 0);
    }
    int status = 0;
    must(::waitpid(child, &status, 0) == child, "wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::optional<std::string> failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& failure) {
        return failure.what();
    }
    return std::nullopt;
}

}  // namespace drydock
