#include "tests/cli/run.hpp"

#include "tests/support/temp_dir.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace drydock {

std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

ProgramResult run_drydock(const std::vector<std::string>& arguments) {
    const char* binary = std::getenv("DRYDOCK_BINARY");
    if (binary == nullptr || *binary == 0) {
        throw std::runtime_error("DRYDOCK_BINARY must name the executable to test");
    }
    const TempDir scratch;
    const std::string errors = scratch.path("stderr");
    std::string command = shell_quoted(binary);
    for (const std::string& argument : arguments) {
        command += ' ' + shell_quoted(argument);
    }
    command += " 2>" + shell_quoted(errors) + " </dev/null";
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) {
        throw std::runtime_error("popen failed");
    }
    ProgramResult result;
    std::array<char, 4096> buffer{};
    for (std::size_t size = 0; (size = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        result.out.append(buffer.data(), size);
    }
    const int status = ::pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::ifstream stream(errors, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    result.err = text.str();
    return result;
}

}  // namespace drydock
