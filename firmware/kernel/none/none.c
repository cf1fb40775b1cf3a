/* What the kernel without protection remembers in place of the hardware. */

#include "../csr.h"
#include "../section.h"

LIVE_DATA uint32_t none_select;
LIVE_DATA uintptr_t none_arena_upper[MODULE_IDS];
