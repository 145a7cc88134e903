// The contract of every command: help, usage errors in one line, exit status, one valid JSON document,
// and that nothing below ROOT changes.
#include "cli/command.hpp"
#include "tests/cli/run.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace drydock;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

namespace fs = std::filesystem;

constexpr const char* kDangling =
    R"({"Repositories":{"demo/web":{"demo/web:1":"sha256:abababababababababababababababababababababababababababababababab"}}})";

// A root with one damage: a tag of which there is no image.
void make_damaged_root(const TempDir& root) {
    root.write("image/overlay2/repositories.json", kDangling);
    root.make_directory("image/overlay2/layerdb/sha256");
    root.make_directory("image/overlay2/imagedb/content/sha256");
    root.make_directory("overlay2/l");
    root.make_directory("containers");
}

void check_one_line(const ProgramResult& result, int status, const std::string& begin) {
    CHECK(result.status == status);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, StartsWith(begin));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK(result.err.ends_with('\n'));
}

std::string contents(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

bool takes_root(const CommandSpec& command) {
    return command.positional == "[ROOT]";
}

}  // namespace

TEST_CASE("Every command prints its help and nothing else") {
    for (const CommandSpec& command : all_commands()) {
        for (const char* option : {"--help", "-h"}) {
            const ProgramResult result = run_drydock({std::string(command.name), option});
            CHECK(result.status == 0);
            CHECK(result.err.empty());
            CHECK_THAT(result.out, StartsWith("Usage: drydock " + std::string(command.name)));
            for (const OptionSpec& spec : command.options()) {
                CHECK_THAT(result.out, Contains("--" + std::string(spec.name)));
            }
        }
        CHECK(
            run_drydock({"help", std::string(command.name)}).out ==
            run_drydock({std::string(command.name), "-h"}).out
        );
    }
}

TEST_CASE("Every command refuses an option it does not know in one line") {
    for (const CommandSpec& command : all_commands()) {
        const std::string name(command.name);
        check_one_line(
            run_drydock({name, "--no-such-thing"}), 16, "drydock " + name + ": unknown option --no-such-thing"
        );
        check_one_line(run_drydock({name, "-Z"}), 16, "drydock " + name + ": unknown option -Z");
    }
}

TEST_CASE("Every command refuses more arguments than it takes") {
    for (const CommandSpec& command : all_commands()) {
        const std::string name(command.name);
        check_one_line(run_drydock({name, "check", "b"}), 16, "drydock " + name + ": too many arguments");
    }
}

TEST_CASE("Every option with a value refuses to be without one and to be given twice") {
    for (const CommandSpec& command : all_commands()) {
        for (const OptionSpec& spec : command.options()) {
            if (spec.argument.empty()) {
                continue;
            }
            const std::string name(command.name);
            const std::string option = "--" + std::string(spec.name);
            check_one_line(run_drydock({name, option}), 16, "drydock " + name + ": ");
            check_one_line(run_drydock({name, option + "="}), 16, "drydock " + name + ": ");
            if (!spec.repeated) {
                const std::string value(spec.argument.substr(0, spec.argument.find('|')));
                check_one_line(
                    run_drydock({name, option, value, option, value}), 16, "drydock " + name + ": "
                );
            }
            if (spec.argument.find('|') != std::string_view::npos) {
                check_one_line(
                    run_drydock({name, option, "nonsense"}), 16, "drydock " + name + ": " + option + " takes"
                );
            }
        }
    }
}

TEST_CASE("A mistyped option is answered with the nearest one and never abbreviated") {
    CHECK(
        run_drydock({"check", "--levle", "content"}).err ==
        "drydock check: unknown option --levle; did you mean --level?\n"
    );
    CHECK(
        run_drydock({"check", "--lev=content"}).err ==
        "drydock check: unknown option --lev; did you mean --level?\n"
    );
}

TEST_CASE("A mistyped command is answered with the nearest one") {
    CHECK(run_drydock({"chekc"}).err == "drydock: unknown command chekc; did you mean check?\n");
    check_one_line(run_drydock({"line\nbreak"}), 16, "drydock: unknown command line\\x0abreak");
    check_one_line(run_drydock({}), 16, "drydock: no command given");
}

TEST_CASE("Commands that are still to come say so") {
    for (const std::string name : {"migrate", "diagnose", "prestart", "scrub", "bundle", "manual"}) {
        const ProgramResult result = run_drydock({name, "--anything"});
        check_one_line(result, 16, "drydock " + name + ": not in this version (");
        CHECK_THAT(result.err, Contains("): check, repair, undo, show and explain are\n"));
    }
}

TEST_CASE("Commands on a root tell a missing one, a file and a folder of something else apart") {
    const TempDir other;
    other.write("file", "x");
    for (const CommandSpec& command : all_commands()) {
        if (!takes_root(command)) {
            continue;
        }
        const std::string name(command.name);
        const std::string begin = "drydock " + name + ": ";
        const ProgramResult missing = run_drydock({name, other.path("missing")});
        check_one_line(missing, 8, begin);
        CHECK_THAT(missing.err, Contains("there is no such folder"));
        const ProgramResult file = run_drydock({name, "--root", other.path("file")});
        check_one_line(file, 8, begin);
        CHECK_THAT(file.err, Contains("is not a folder"));
        const ProgramResult folder = run_drydock({name, other.path()});
        check_one_line(folder, 8, begin);
        CHECK_THAT(folder.err, Contains("looks like a Docker data root"));
        check_one_line(run_drydock({name, "/a", "--root", "/b"}), 16, begin + "ROOT is given twice");
    }
}

TEST_CASE("The root of a host is answered with the data root below it") {
    const TempDir host;
    host.make_directory("etc");
    host.make_directory("usr");
    host.make_directory("var/lib/docker/image/overlay2");
    const ProgramResult result = run_drydock({"check", host.path()});
    check_one_line(result, 8, "drydock check: ");
    CHECK_THAT(result.err, Contains("`drydock check " + host.path("var/lib/docker") + "`"));
}

TEST_CASE("An empty folder and a root without stores are no damage, and it is said that nothing was checked"
) {
    const TempDir root;
    const ProgramResult empty = run_drydock({"check", root.path()});
    CHECK(empty.status == 0);
    CHECK_THAT(empty.out, StartsWith("nothing was checked"));
    root.make_directory("image");
    const ProgramResult no_store = run_drydock({"check", root.path()});
    CHECK(no_store.status == 0);
    CHECK_THAT(no_store.out, StartsWith("nothing was checked"));
}

TEST_CASE("Every command with a JSON form writes one valid document and no word besides") {
    const TempDir root;
    make_damaged_root(root);
    for (const CommandSpec& command : all_commands()) {
        const std::vector<OptionSpec> options = command.options();
        const bool has_format = std::any_of(options.begin(), options.end(), [](const OptionSpec& spec) {
            return spec.name == "format";
        });
        if (!has_format) {
            continue;
        }
        std::vector<std::string> words = {std::string(command.name), "--format", "json"};
        if (takes_root(command)) {
            words.push_back(root.path());
        }
        const auto offers = [&options](std::string_view name) {
            return std::any_of(options.begin(), options.end(), [name](const OptionSpec& spec) {
                return spec.name == name;
            });
        };
        // What needs consent, in the form that needs none.
        if (offers("dry-run")) {
            words.emplace_back(offers("list") ? "--list" : "--dry-run");
        }
        const ProgramResult result = run_drydock(words);
        const auto json = nlohmann::json::parse(result.out, nullptr, false);
        REQUIRE(json.is_object());
        CHECK_THAT(json["schema"].get<std::string>(), StartsWith("drydock."));
        CHECK(result.err.empty());
        CHECK(result.out.ends_with("}\n"));
    }
}

TEST_CASE("Damage gives status 4, which the report repeats, and selection limits both") {
    const TempDir root;
    make_damaged_root(root);
    const ProgramResult all = run_drydock({"check", "--format", "json", root.path()});
    CHECK(all.status == 4);
    const auto json = nlohmann::json::parse(all.out);
    CHECK(json["exit_code"] == 4);
    REQUIRE(json["findings"].size() == 1);
    CHECK(json["findings"][0]["code"] == "tag-dangling");
    CHECK(json["root"] == root.path());

    const ProgramResult ignored =
        run_drydock({"check", "--format=json", "--ignore", "diff-empty,tag-dangling", root.path()});
    CHECK(ignored.status == 0);
    CHECK(nlohmann::json::parse(ignored.out)["stores"][0]["verdict"] == "sound");
    CHECK(run_drydock({"check", "--only", "tag-dangling", root.path()}).status == 4);
    CHECK(run_drydock({"check", "--only", "diff-empty", root.path()}).status == 0);
    CHECK(run_drydock({"check", "--image", "demo/web:1", root.path()}).status == 4);
    check_one_line(
        run_drydock({"check", "--image", "demo/wbe:1", root.path()}), 8, "drydock check: no image demo/wbe:1"
    );
    check_one_line(
        run_drydock({"check", "--only", "tag-danglin", root.path()}),
        16,
        "drydock check: --only: unknown code tag-danglin; did you mean tag-dangling?"
    );
}

TEST_CASE("A store of another driver is recognised, not checked, and undetermined") {
    const TempDir root;
    root.write("image/vfs/repositories.json", "{}");
    root.make_directory("image/vfs/layerdb/sha256");
    const ProgramResult text = run_drydock({"check", root.path()});
    CHECK(text.status == 8);
    CHECK_THAT(text.out, StartsWith("nothing was checked") && Contains("vfs store: NOT CHECKED"));
    const auto json = nlohmann::json::parse(run_drydock({"check", "--format", "json", root.path()}).out);
    CHECK(json["stores"][0]["verdict"] == "undetermined");
    CHECK(json["findings"][0]["code"] == "unreadable");
    CHECK(json["findings"][0]["subject"]["id"] == ". vfs");
    CHECK(run_drydock({"check", "--ignore", "unreadable", root.path()}).status == 8);
    check_one_line(
        run_drydock({"check", "--driver", "overlay2", root.path()}), 8, "drydock check: no overlay2 store"
    );
}

TEST_CASE("Two runs give the same bytes whatever the number of jobs") {
    const TempDir root;
    make_damaged_root(root);
    const std::string one = run_drydock({"check", "--jobs", "1", "--verbose", root.path()}).out;
    CHECK(one == run_drydock({"check", "--jobs", "256", "--verbose", root.path()}).out);
    for (const char* jobs : {"0", "257", "-1", "2x", "99999999999999999999"}) {
        check_one_line(
            run_drydock({"check", "--jobs=" + std::string(jobs), root.path()}), 16, "drydock check: --jobs"
        );
    }
}

TEST_CASE("--output writes the file whole and leaves no other") {
    const TempDir root;
    make_damaged_root(root);
    const TempDir out;
    out.write("report.json", "old");
    const ProgramResult result =
        run_drydock({"check", "--format", "json", "--output", out.path("report.json"), root.path()});
    CHECK(result.status == 4);
    CHECK(result.out.empty());
    CHECK(contents(out.path("report.json")) == run_drydock({"check", "--format", "json", root.path()}).out);
    CHECK(std::distance(fs::directory_iterator(out.path()), fs::directory_iterator()) == 1);
    CHECK(
        run_drydock({"check", "--output", "/dev/stdout", "--format", "json", root.path()}).out ==
        contents(out.path("report.json"))
    );
    check_one_line(
        run_drydock({"check", "--output", out.path("no/report"), root.path()}),
        8,
        "drydock check: cannot write"
    );
    check_one_line(
        run_drydock({"check", "--output", out.path(), root.path()}), 16, "drydock check: --output"
    );
}

TEST_CASE("--output into a folder of a remapped root that lies elsewhere is refused") {
    const TempDir root;
    const TempDir elsewhere;
    make_damaged_root(root);
    root.make_directory("165536.165536/image/overlay2/layerdb/sha256");
    root.make_link("165536.165536/overlay2", elsewhere.path());
    check_one_line(
        run_drydock({"check", "--output", elsewhere.path("report"), root.path()}),
        16,
        "drydock check: --output "
    );
}

TEST_CASE("--output below ROOT is refused, also through links") {
    const TempDir root;
    make_damaged_root(root);
    const TempDir elsewhere;
    elsewhere.make_link("link", root.path("image"));
    elsewhere.make_directory("linked");
    root.make_link("volumes", elsewhere.path("linked"));
    for (const std::string& file : {
             root.path("report"),
             root.path("image/overlay2/report"),
             root.path("no/such/folder/report"),
             elsewhere.path("link/report"),
             elsewhere.path("linked/report"),
         }) {
        const ProgramResult result = run_drydock({"check", "--output", file, root.path()});
        check_one_line(result, 16, "drydock check: --output ");
        CHECK_THAT(result.err, Contains("lies below"));
        CHECK_FALSE(fs::exists(file));
    }
}

TEST_CASE("A full device is an operational error") {
    const TempDir root;
    make_damaged_root(root);
    const ProgramResult result = run_drydock({"check", "--output", "/dev/full", root.path()});
    CHECK(result.status == 8);
    CHECK_THAT(result.err, Contains("cannot write /dev/full"));
}

TEST_CASE("explain knows each code, and a mistyped one") {
    CHECK_THAT(run_drydock({"explain", "diff-empty"}).out, Contains("diff-empty"));
    CHECK_THAT(run_drydock({"explain", "--list"}).out, Contains("tag-dangling"));
    CHECK(run_drydock({"explain"}).out == run_drydock({"explain", "--list"}).out);
    check_one_line(
        run_drydock({"explain", "diff-emty"}),
        16,
        "drydock explain: unknown code diff-emty; did you mean diff-empty?"
    );
    const auto json = nlohmann::json::parse(run_drydock({"explain", "--format", "json", "diff-empty"}).out);
    CHECK(json["codes"].size() == 1);
}

TEST_CASE("version and --version agree") {
    const ProgramResult version = run_drydock({"version"});
    CHECK(version.status == 0);
    CHECK_THAT(version.out, StartsWith("drydock "));
    CHECK(run_drydock({"--version"}).out == version.out);
    CHECK_THAT(run_drydock({"--help"}).out, Contains("Usage: drydock COMMAND"));
}
