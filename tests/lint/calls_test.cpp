// What the checking side may not do: change anything, and swallow failures. Types guard most of it
// (ReadDir cannot write); these rules see what types cannot.
#include "model/damage.hpp"
#include "tests/lint/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <regex>

namespace drydock {

namespace {

constexpr std::array kProgram = {
    "platform", "model", "formats", "scanner", "validators", "repair", "report", "cli"
};

std::vector<SourceFile> program_files() {
    std::vector<SourceFile> files;
    for (const char* folder : kProgram) {
        for (SourceFile& file : cpp_files_of(folder)) {
            file.text = code_of(file.text);
            files.push_back(std::move(file));
        }
    }
    return files;
}

// --output writes the report, never below ROOT; the table of changing calls is the transaction's.
bool may_write(const SourceFile& file) {
    return file.path == "cli/output_file.cpp" || file.path == "platform/sys_write.cpp";
}

void find_all(const SourceFile& file, const std::regex& pattern, Complaints& complaints) {
    for (std::sregex_iterator at(file.text.begin(), file.text.end(), pattern), end; at != end; ++at) {
        complaints.add(place(file, static_cast<std::size_t>(at->position(1))) + " has " + (*at)[1].str());
    }
}

struct CatchSites {
    std::ptrdiff_t count;
    const char* reason;
};

// Failures of the environment may be caught where one item ends and the next one goes on, and in main.
// A new site needs a line here and a reason that says what becomes of the failure.
const std::map<std::string, CatchSites, std::less<>>& catch_sites() {
    static const std::map<std::string, CatchSites, std::less<>> table{
        {"platform/dir.cpp", {1, "an absence becomes nullopt, all else goes on"}},
        {"platform/read_file.cpp", {3, "a record file's failure becomes a state of SmallFile"}},
        {"platform/xattr.cpp", {2, "the way without /proc; a helper thread hands its failure over"}},
        {"platform/parallel.cpp", {2, "a worker hands its failure over; fewer threads than asked for"}},
        {"scanner/look.hpp", {1, "the guard of one record: the errno becomes data"}},
        {"scanner/daemon_probe.cpp", {2, "a database that cannot be opened is no sign of a daemon"}},
        {"validators/layer_stream.cpp", {1, "the guard of one file: missing or undetermined"}},
        {"validators/layer_content.cpp", {3, "the guards of one layer, and of its second opinion"}},
        {"validators/tree_compare.cpp", {2, "the guards of one folder and one name: undetermined"}},
        {"repair/work_run.cpp",
         {2, "all is taken back, then the failure goes on; that fails too: both are told"}},
        {"cli/arguments.cpp", {2, "Boost's messages become ours"}},
        {"cli/commands/repair.cpp",
         {1, "the rest is refused after a part is done for good: the report tells both"}},
        {"cli/kept_transactions.cpp", {1, "a folder drydock that cannot be used is told of"}},
        {"cli/root.cpp", {1, "ROOT that cannot be opened gets a line of its own"}},
        {"cli/main.cpp", {1, "message and exit status"}},
    };
    return table;
}

std::string enumerator_of(std::string_view code) {
    std::string name(code);
    std::ranges::replace(name, '-', '_');
    return name;
}

}  // namespace

TEST_CASE("No flag that opens a file for writing stands outside the output file and the transaction's table"
) {
    const std::regex flags(R"re(\b(O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE|EXCL))\b)re");
    Complaints complaints;
    for (const SourceFile& file : program_files()) {
        if (!may_write(file)) find_all(file, flags, complaints);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("No call that changes a file system stands outside the output file and the transaction's table") {
    const std::string changing =
        "(?:rename|unlink|rmdir|mkdir|[fl]?chmod|[fl]?chown|mknod|mkfifo|symlink)(?:at2?)?|"
        "[lf]?(?:set|remove)xattr|[fl]?utimes|utime|utimensat|futimens|f?truncate|fallocate|creat|"
        "linkat|pwritev?2?|writev|copy_file_range|sendfile|splice|mount|umount2?|ioctl";
    const std::regex calls("(?:^|[^\\w.>])(" + changing + ")\\s*\\(");
    // Taken as a function pointer it needs no parenthesis.
    const std::regex taken("(?:^|[^\\w>])::(" + changing + ")\\b");
    // Names that are ours too: only as those of the system or of a library.
    const std::regex qualified(
        R"re((?:^|[^\w>])(::(?:write|link|remove)\b|\b(?:std|fs|filesystem)::(?:remove|rename)\b))re"
    );
    const std::regex streams(
        R"re(\b(std::o?fstream|fopen|fdopen|fwrite|basic_o?fstream|std::filesystem|copy_file|)re"
        R"re(create_director(?:y|ies)|create_symlink|create_hard_link|remove_all|resize_file|last_write_time)\b)re"
    );
    Complaints complaints;
    for (const SourceFile& file : program_files()) {
        if (may_write(file)) continue;
        // The size of the terminal; the extents and the flags of a file.
        const bool only_asks = file.path == "cli/process.cpp" || file.path == "platform/shared_extents.cpp" ||
                               file.path == "platform/inode_flags.cpp";
        if (!only_asks) find_all(file, calls, complaints);
        find_all(file, taken, complaints);
        find_all(file, qualified, complaints);
        find_all(file, streams, complaints);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Only the transaction reaches the calls that change a store") {
    const std::regex writers(R"re((sys_write\b|WritableDir|AppendFile|writable_dir\.hpp))re");
    Complaints complaints;
    for (const SourceFile& file : program_files()) {
        const bool own = file.path.starts_with("platform/sys_write.") ||
                         file.path.starts_with("platform/writable_dir.") ||
                         file.path == "platform/remove_tree.cpp";
        if (!own && file.folder() != "repair") find_all(file, writers, complaints);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("System calls by number are those that read") {
    const std::regex numbers(R"re(\b(SYS_(?!openat2\b|getdents64\b|capget\b)\w+|__NR_\w+))re");
    Complaints complaints;
    for (const SourceFile& file : program_files()) {
        find_all(file, numbers, complaints);
    }
    CHECK(complaints.text() == "");
}

TEST_CASE("Failures are caught only where the list says why") {
    const std::regex pattern(R"re(\bcatch\s*\()re");
    Complaints complaints;
    std::size_t files_with_sites = 0;
    for (const SourceFile& file : program_files()) {
        const std::ptrdiff_t count =
            std::distance(std::sregex_iterator(file.text.begin(), file.text.end(), pattern), {});
        const auto listed = catch_sites().find(file.path);
        const std::ptrdiff_t allowed = listed == catch_sites().end() ? 0 : listed->second.count;
        files_with_sites += count > 0 ? 1U : 0U;
        if (count != allowed) {
            complaints.add(
                file.path + " catches " + std::to_string(count) + " times, the list says " +
                std::to_string(allowed)
            );
        }
    }
    CHECK(complaints.text() == "");
    CHECK(files_with_sites == catch_sites().size());
}

TEST_CASE("Every kind of damage is found by some validator") {
    std::string code;
    for (const SourceFile& file : program_files()) {
        // Stores that cannot be read are found by the command itself.
        if (file.folder() == "validators" || file.path == "cli/check_store.cpp") code += file.text;
    }
    Complaints complaints;
    for (const DamageKind& kind : all_damage()) {
        const std::regex use("\\bDamage::" + enumerator_of(kind.code) + "\\b");
        if (!std::regex_search(code, use)) complaints.add(std::string(kind.code));
    }
    CHECK(complaints.text() == "");
}

}  // namespace drydock
