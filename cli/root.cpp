// See root.hpp. The root is not resolved: it stays the path that the user knows, made absolute.
// Boost.Filesystem handles paths that were typed; what lies below a root is read through ReadDir only.
#include "cli/root.hpp"

#include "cli/errors.hpp"
#include "formats/daemon_config.hpp"
#include "platform/os_error.hpp"
#include "report/safe_text.hpp"
#include "report/words.hpp"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <cerrno>
#include <set>

namespace drydock {

namespace {

namespace fs = boost::filesystem;

// It is written by hand.
constexpr std::size_t kMaxDaemonConfigBytes = std::size_t{1} << 20U;

std::string absolute_path(const std::string& typed) {
    boost::system::error_code error;
    // A second slash in front would make the first name a host's for Boost.
    const std::size_t slashes = std::min(typed.find_first_not_of('/'), typed.size());
    fs::path path = slashes > 0 ? fs::path('/' + typed.substr(slashes)) : fs::current_path(error) / typed;
    const bool climbs =
        std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
    // "..": behind a link it does not mean what the text says, so the file system has to tell.
    const fs::path resolved = climbs ? fs::canonical(path, error) : fs::path();
    path = resolved.empty() ? path.lexically_normal() : resolved;
    std::string text = path.string();
    // Boost writes the end of "docker/" as "docker/.".
    while (text.size() > 1 && (text.ends_with('/') || text.ends_with("/."))) {
        text.pop_back();
    }
    return text;
}

// A word for a command line that a shell takes as one.
std::string shell_word(const std::string& path) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@%:,=";
    const std::string safe = terminal_text(path);
    return safe.find_first_not_of(kPlain) == std::string::npos ? safe : "'" + safe + "'";
}

std::string line_to_type(const Arguments& arguments, const std::string& root) {
    return "`drydock " + std::string(arguments.command.name) + ' ' + shell_word(root) + '`';
}

}  // namespace

std::string configured_root(const std::string& daemon_config) {
    boost::system::error_code error;
    const fs::path file = fs::canonical(daemon_config, error);  // often a link into another folder
    if (error) {
        return {};
    }
    const SmallFile text = read_small_file(
        ReadDir::open_path(file.parent_path().string()), file.filename().string(), kMaxDaemonConfigBytes
    );
    // Unreadable or malformed: it names nothing, and a daemon would not start with it either.
    return text.state == SmallFile::State::present ? parse_data_root(text.bytes).value_or("") : std::string();
}

std::string choose_root(const Arguments& arguments) {
    const std::optional<std::string> option = arguments.text("root");
    if (option && arguments.positional && *option != *arguments.positional) {
        throw UsageError("ROOT is given twice: as an argument and with --root");
    }
    const std::optional<std::string> typed = option ? option : arguments.positional;
    if (typed) {
        if (typed->empty()) {
            throw UsageError("ROOT is empty");
        }
        return absolute_path(*typed);
    }
    const std::string configured = configured_root(kDaemonConfig);
    if (!configured.empty() && absolute_path(configured) != kDefaultRoot) {
        throw UsageError(
            std::string(kDaemonConfig) + " names the data root " + terminal_text(configured) + ": type " +
            line_to_type(arguments, configured)
        );
    }
    return kDefaultRoot;
}

ReadDir open_root(const std::string& root) {
    try {
        return ReadDir::open_path(root);
    } catch (const OsError& error) {
        const std::string name = terminal_text(root);
        if (error.error() == ENOENT) {
            throw OperationalError(name + ": there is no such folder");
        }
        if (error.error() == ENOTDIR) {
            throw OperationalError(name + " is not a folder: a Docker data root is one");
        }
        throw OperationalError(name + " cannot be opened: " + describe_errno(error.error()));
    }
}

RootSurvey find_stores(const Arguments& arguments, const ReadDir& root) {
    RootSurvey survey = survey_root(root);
    const std::string name = terminal_text(root.path());
    if (survey.stores.empty() && !survey.data_root_below.empty()) {
        throw OperationalError(
            name + " is the root of a host, not a Docker data root; its data root is below it: type " +
            line_to_type(arguments, survey.data_root_below)
        );
    }
    if (!survey.looks_like_root && !survey.empty) {
        throw OperationalError(
            "nothing in " + name + " looks like a Docker data root (image, containers, ...)"
        );
    }
    const std::optional<std::string> driver = arguments.text("driver");
    if (driver && !survey.stores.empty()) {
        std::set<std::string> found;
        for (const StoreLocation& store : survey.stores) {
            found.insert(terminal_text(store.driver));
        }
        std::erase_if(survey.stores, [&driver](const StoreLocation& store) {
            return store.driver != *driver;
        });
        if (survey.stores.empty()) {
            throw OperationalError(
                "no " + terminal_text(*driver) + " store below " + name +
                "; there is: " + join_and({found.begin(), found.end()})
            );
        }
    }
    return survey;
}

std::string nothing_to_check(const RootSurvey& survey, const std::string& root) {
    if (!survey.stores.empty()) {
        return {};
    }
    return survey.empty ? root + " is an empty folder" : "there is no image store below " + root;
}

}  // namespace drydock
