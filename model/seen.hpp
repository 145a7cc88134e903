// What a file of the store turned out to be. `unreadable` never means damage: it carries an errno and
// leads to the verdict "undetermined".
#pragma once

#include <cstdint>
#include <string>

namespace drydock {

enum class Sight : std::uint8_t {
    present,
    absent,
    empty,       // a regular file of no bytes (or of white space, where that is trimmed)
    malformed,   // does not parse, or is no regular file
    unreadable,  // the environment did not let us look
};

template <class T>
struct Seen {
    Sight sight = Sight::absent;
    T value{};           // only with `present`
    std::string actual;  // malformed: an excerpt of what is there, at most kExcerptBytes
    int error = 0;       // unreadable: errno

    [[nodiscard]] bool present() const noexcept { return sight == Sight::present; }

    [[nodiscard]] const T* get() const noexcept { return present() ? &value : nullptr; }
};

// Enough to recognise a value; a report never repeats a whole file.
inline constexpr std::size_t kExcerptBytes = 96;

}  // namespace drydock
