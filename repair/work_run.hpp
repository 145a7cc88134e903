// What apply and undo have in common: a piece of work from its first folder to its last record.
#pragma once

#include "repair/work.hpp"

#include <functional>
#include <string>
#include <vector>

namespace drydock {

// The image folders of `stores` that any of `paths` lies in.
[[nodiscard]] std::vector<std::string>
images_of(const std::vector<StoreTops>& stores, const std::vector<std::string>& paths);

// `stage` begins the work and stages all of it. Afterwards either all is done, or all is back as it was and
// the outcome tells why. A failure of the environment is passed on when all is back; where that fails too,
// RefusedError says so, and recovery goes on from there.
[[nodiscard]] Outcome
run_work(Work& work, const Verification& verification, const std::function<void()>& stage);

// The end of an undo that is done: the other transaction is removed, or remembers what of it is taken back;
// then the undo itself is removed.
void end_undo(const ReadDir& root, const Tops& tops, Work& undo);

}  // namespace drydock
