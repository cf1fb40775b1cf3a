/* Keeps pieces of data under a number. */
#ifndef STORE_H
#define STORE_H

#include <stddef.h>
#include <stdint.h>

/* Keep a copy of `size` bytes under `key`, in place of what was there. 0 or a negative error number. */
int store_put(uint32_t key, const void *data, size_t size);
/* Copy what is kept under `key` into `buffer`. Its size; negative if there is nothing, or `size` is too small. */
int store_get(uint32_t key, void *buffer, size_t size);
/* Sum of the bytes of `data`, which is only looked at. */
int store_sum(const void *data, size_t size);

#endif
