/* Keeps pieces of data under a number, on the heap. */

#include "store/store.h"
#include <errno.h>
#include <kernel.h>
#include <string.h>

#define KEYS 8

struct entry {
	void *data;
	size_t size;
};

static struct entry entries[KEYS];

int store_put(uint32_t key, const void *data, size_t size)
{
	if (key >= KEYS) {
		return -EINVAL;
	}
	void *copy = kmalloc(size);
	if (!copy) {
		return -ENOMEM;
	}
	memcpy(copy, data, size);
	kfree(entries[key].data);
	entries[key] = (struct entry){copy, size};
	return 0;
}

int store_get(uint32_t key, void *buffer, size_t size)
{
	if (key >= KEYS || !entries[key].data) {
		return -ENOENT;
	}
	if (size < entries[key].size) {
		return -EINVAL;
	}
	memcpy(buffer, entries[key].data, entries[key].size);
	return entries[key].size;
}

int store_sum(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	int sum = 0;

	while (size--) {
		sum += *bytes++;
	}
	return sum;
}
