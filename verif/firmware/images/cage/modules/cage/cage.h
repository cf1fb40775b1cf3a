/* Accesses what it is told to. */
#ifndef CAGE_H
#define CAGE_H

#include <stddef.h>
#include <stdint.h>

/* Load, store a byte there; copy `size` bytes; call what is there. 0. */
long cage_load(uintptr_t address);
long cage_store(uintptr_t address);
long cage_copy(uintptr_t to, uintptr_t from, size_t size);
long cage_jump(uintptr_t address);
/* Execute an instruction that is for the kernel. 0. */
enum privileged { CAGE_CSR_READ, CAGE_CSR_WRITE, CAGE_ENTRY_WRITE, CAGE_MRET, CAGE_WFI };
long cage_do(enum privileged what);
/* Address of a variable of its own. */
uintptr_t cage_own(void);
/* Allocate until the arena has grown, and write to all of it: how many blocks. */
long cage_grow(void);
/* Load or store, while `buffer` is lent. 0. */
long cage_with_read(const void *buffer, size_t size, uintptr_t address, long store);
long cage_with_both(void *buffer, size_t size, uintptr_t address, long store);
/* Call another module, which is lent `mine`; then write to `buffer` again. What the other has returned. */
long cage_nested(void *buffer, size_t size);
/* Wait until the first byte of `buffer` is not 0, counting in own memory; then write to both. 0. */
long cage_wait(void *buffer, size_t size);

#endif
