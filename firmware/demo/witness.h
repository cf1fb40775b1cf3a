/* Is everyone's memory as it was? */
#ifndef DEMO_WITNESS_H
#define DEMO_WITNESS_H

#include <stdint.h>

/* Everything that a misdeed of module `suspect` must leave as it is. */
enum witness_part { WITNESS_CODE, WITNESS_KERNEL, WITNESS_STACK, WITNESS_DEVICES, WITNESS_ARENAS, WITNESS_PARTS };

struct sum {
	uint32_t plain;
	uint32_t weighted;
};

struct witness {
	struct sum sums[WITNESS_PARTS];
};

/* Take the checksum of all code, which never changes. */
void witness_take_code(struct witness *witness);
/* Take all other checksums. `stack` is the first byte of the kernel's stack that keeps still. */
void witness_take(struct witness *witness, uint32_t suspect, uintptr_t stack);
/* Name of the first part that differs; NULL if all are equal. */
const char *witness_compare(const struct witness *before, const struct witness *after);

#endif
