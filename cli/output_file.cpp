// See output_file.hpp. "Below ROOT" is decided by device and inode of the folders above FILE, so that
// links and bind mounts do not lead around it.
#include "cli/output_file.hpp"

#include "cli/errors.hpp"
#include "platform/dir.hpp"
#include "platform/os_error.hpp"
#include "report/safe_text.hpp"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <set>
#include <utility>
#include <vector>

namespace drydock {

namespace {

namespace fs = boost::filesystem;

using Identity = std::pair<dev_t, ino_t>;

// A stream buffer over a descriptor; a failed write makes the stream bad.
class FdBuffer : public std::streambuf {
public:
    explicit FdBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

protected:
    int_type overflow(int_type next) override {
        if (sync() != 0) {
            return traits_type::eof();
        }
        if (!traits_type::eq_int_type(next, traits_type::eof())) {
            sputc(traits_type::to_char_type(next));
        }
        return traits_type::not_eof(next);
    }

    int sync() override {
        for (const char* at = pbase(); at < pptr();) {
            const ssize_t written = ::write(fd_, at, static_cast<std::size_t>(pptr() - at));
            if (written < 0 && errno != EINTR) {
                return -1;
            }
            at += std::max<ssize_t>(written, 0);
        }
        setp(buffer_.data(), buffer_.data() + buffer_.size());
        return 0;
    }

private:
    int fd_;
    std::array<char, 1U << 16U> buffer_{};
};

std::optional<Identity> identity_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return std::nullopt;
    }
    return Identity{status.st_dev, status.st_ino};
}

void add_folders_in(const std::string& folder, std::set<Identity>& folders) {
    boost::system::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (const auto identity = identity_of(at->path().string())) {
            folders.insert(*identity);
        }
    }
}

// ROOT, and what stands in it and in image/: the only places where a store may be linked or mounted in.
// The same in a remapped root below it ("165536.165536").
std::set<Identity> folders_of_root(const std::string& root) {
    std::vector<std::string> bases{root};
    boost::system::error_code error;
    for (fs::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.find_first_not_of("0123456789.") == name.npos) bases.push_back(at->path().string());
    }
    std::set<Identity> folders;
    if (const auto identity = identity_of(root)) {
        folders.insert(*identity);
    }
    for (const std::string& base : bases) {
        add_folders_in(base, folders);
        add_folders_in(base + "/image", folders);
    }
    return folders;
}

}  // namespace

bool lies_below(const std::string& path, const std::string& root) {
    const std::set<Identity> folders = folders_of_root(root);
    for (fs::path at = path;; at = at.parent_path()) {
        const auto identity = identity_of(at.string());
        if (identity && folders.contains(*identity)) {
            return true;
        }
        if (at == at.parent_path()) {
            return false;
        }
    }
}

OutputFile::OutputFile(const std::optional<std::string>& file, const std::string& root)
    : name_(file.value_or("stdout")), stream_(&std::cout) {
    if (!file) {
        return;
    }
    struct stat status{};
    const bool exists = ::stat(name_.c_str(), &status) == 0;
    const bool special = exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
    boost::system::error_code error;
    const fs::path named(*file);
    const fs::path typed = named.is_absolute() ? named : fs::current_path(error) / named;
    // What a special file leads to (/dev/stdout: a pipe) may have no name of its own.
    path_ = fs::weakly_canonical(special ? typed.parent_path() : typed, error).string();
    if (path_.empty()) {
        fail(error.value());
    }
    if (lies_below(path_, root)) {
        throw UsageError(
            "--output " + terminal_text(name_) + " lies below " + terminal_text(root) +
            ", where nothing may change"
        );
    }
    if (exists && S_ISDIR(status.st_mode)) {
        throw UsageError("--output " + terminal_text(name_) + " is a folder");
    }
    constexpr mode_t kMode = 0666;  // less the umask
    if (special) {
        fd_ = UniqueFd(::open(name_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    } else {
        temporary_ = path_ + ".tmp-" + std::to_string(::getpid());
        fd_ = UniqueFd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    }
    if (!fd_) {
        temporary_.clear();
        fail(errno);
    }
    buffer_ = std::make_unique<FdBuffer>(fd_.get());
    own_stream_ = std::make_unique<std::ostream>(buffer_.get());
    stream_ = own_stream_.get();
}

OutputFile::~OutputFile() {
    if (!temporary_.empty()) {
        ::unlink(temporary_.c_str());
    }
}

void OutputFile::fail(int error) const {
    throw OperationalError("cannot write " + terminal_text(name_) + ": " + describe_errno(error));
}

void OutputFile::commit() {
    errno = 0;
    stream_->flush();
    if (!stream_->good()) {
        fail(errno != 0 ? errno : EIO);
    }
    if (temporary_.empty()) {
        return;
    }
    if (::fsync(fd_.get()) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
        fail(errno);
    }
    temporary_.clear();
}

}  // namespace drydock
