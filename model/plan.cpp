#include "model/plan.hpp"

namespace drydock {

std::string_view to_text(PlanAction action) {
    switch (action) {
    case PlanAction::write:
        return "write";
    case PlanAction::set_aside:
        return "set-aside";
    case PlanAction::remove:
        return "remove";
    }
    return "write";
}

}  // namespace drydock
