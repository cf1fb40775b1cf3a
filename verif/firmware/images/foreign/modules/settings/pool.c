#include "pool.h"

#include <stdlib.h>
#include <string.h>

struct block {
	size_t size;
	char data[];
};

static int blocks;
static size_t bytes;

char *pool_copy(const char *text, size_t length)
{
	struct block *b = malloc(sizeof *b + length + 1);

	if (!b)
		return NULL;
	b->size = length + 1;
	memcpy(b->data, text, length);
	b->data[length] = '\0';
	blocks++;
	bytes += b->size;
	return b->data;
}

void pool_free(void *data)
{
	struct block *b = (struct block *)((char *)data - offsetof(struct block, data));

	blocks--;
	bytes -= b->size;
	free(b);
}

int pool_blocks(void)
{
	return blocks;
}

unsigned pool_bytes(void)
{
	return bytes;
}
