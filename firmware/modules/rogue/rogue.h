/* A module that means harm. */
#ifndef ROGUE_H
#define ROGUE_H

#include <misdeeds.h>
#include <stddef.h>
#include <stdint.h>

/* Commit a misdeed against `target`. What is returned if nothing stops it: for a misdeed that a service should
 * refuse, the service's answer; else 0.
 */
long rogue_do(enum misdeed misdeed, uintptr_t target);
/* The same with a buffer lent for reading. */
long rogue_peek_lent(const void *buffer, size_t size, enum misdeed misdeed);
/* The same with a buffer lent for writing. */
long rogue_poke_lent(void *buffer, size_t size, enum misdeed misdeed);

#endif
