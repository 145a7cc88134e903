#include "model/repair_report.hpp"

#include <map>

namespace drydock {

namespace {

constexpr int kCorrected = 1;
constexpr int kOperational = 8;

}  // namespace

int exit_code(const RepairReport& report) {
    RunReport left = report.check;
    left.stores = report.left();
    int bits = exit_code(left);
    const bool corrected = report.state == TransactionState::committed || !report.forgotten.empty();
    if (corrected) bits |= kCorrected;
    if (report.state == TransactionState::rolled_back) bits |= kOperational;
    return bits;
}

std::vector<ImageLoss> losses_of(const RepairReport& report, LossKind kind) {
    const bool repull = kind == LossKind::repull;
    std::map<std::string, ImageLoss> by_image;
    const auto add = [&by_image](const std::vector<ImageLoss>& losses) {
        for (const ImageLoss& loss : losses)
            by_image.emplace(loss.image, loss);
    };
    // What was set aside knows more references than what is left.
    add(repull ? report.plan.repull : report.plan.lost);
    for (const StoreReport& store : report.left())
        add(repull ? store.repull : store.lost);
    std::vector<ImageLoss> result;
    result.reserve(by_image.size());
    for (auto& [image, loss] : by_image)
        result.push_back(std::move(loss));
    return result;
}

}  // namespace drydock
