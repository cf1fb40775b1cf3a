/* malloc and its relatives, for code that knows no kernel: memory of the module's own heap. */

#include <kernel.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *malloc(size_t size)
{
	return kmalloc(size);
}

void free(void *block)
{
	kfree(block);
}

void *calloc(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size) {
		return NULL;
	}
	void *block = kmalloc(count * size);
	return block ? memset(block, 0, count * size) : NULL;
}

void *realloc(void *block, size_t size)
{
	size_t have = block ? ksize(block) : 0;

	if (block && size && size <= have) {
		return block;
	}
	void *larger = kmalloc(size);
	if (larger && block) {
		memcpy(larger, block, have);
	}
	if (larger || size == 0) {
		kfree(block);
	}
	return larger;
}
