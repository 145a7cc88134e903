// What the kernel lets this process see. trusted.* attributes are not refused but silently absent without
// CAP_SYS_ADMIN in the first user namespace, so an absent one then says nothing.
#pragma once

namespace drydock {

[[nodiscard]] bool can_see_trusted_attributes();

}  // namespace drydock
