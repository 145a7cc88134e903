// The environment failed: a system call returned an errno that says nothing about the store.
// Thrown by platform only; caught per item by scanner and validators (-> "could not be read"),
// and by main. See docs/architecture.md, "Errors".
#pragma once

#include <string>
#include <system_error>

namespace drydock {

class OsError : public std::system_error {
public:
    OsError(int error, const char* operation, const std::string& path)
        : std::system_error(error, std::generic_category(), std::string(operation) + " " + path) {}

    [[nodiscard]] int error() const noexcept { return code().value(); }
};

// True for the only errno values that speak of the store and not of the environment: the object is
// not there, or what is there cannot be what the format asks for. Everything else (EACCES, EIO,
// EMFILE, ESTALE, EUCLEAN, anything unknown) means "could not look".
[[nodiscard]] bool is_absence(int error) noexcept;

// "permission denied", "input/output error": the C library's words without its locale.
[[nodiscard]] std::string describe_errno(int error);

}  // namespace drydock
