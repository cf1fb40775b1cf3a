/* memcpy and relatives: compilers emit calls to them, so they are there for every module and for the kernel. */

#include <stdint.h>
#include <string.h>

/* The compiler must not turn a loop below into a call of the function that it is in. */
#ifdef __clang__
#define NO_IDIOM
#else
#define NO_IDIOM __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

static int aligned(const void *left, const void *right)
{
	return (((uintptr_t)left | (uintptr_t)right) & 3) == 0;
}

NO_IDIOM void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	if (aligned(to, from)) {
		for (; size >= 4; size -= 4, out += 4, in += 4) {
			*(uint32_t *)out = *(const uint32_t *)in;
		}
	}
	while (size--) {
		*out++ = *in++;
	}
	return to;
}

NO_IDIOM void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	if ((uintptr_t)out - (uintptr_t)in >= size) {
		return memcpy(to, from, size);
	}
	while (size--) {
		out[size] = in[size];
	}
	return to;
}

NO_IDIOM void *memset(void *to, int value, size_t size)
{
	unsigned char *out = to;
	uint32_t word = (unsigned char)value * 0x01010101u;

	if (((uintptr_t)to & 3) == 0) {
		for (; size >= 4; size -= 4, out += 4) {
			*(uint32_t *)out = word;
		}
	}
	while (size--) {
		*out++ = value;
	}
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const unsigned char *a = left;
	const unsigned char *b = right;

	for (; size--; a++, b++) {
		if (*a != *b) {
			return *a - *b;
		}
	}
	return 0;
}

NO_IDIOM size_t strlen(const char *text)
{
	const char *end = text;

	while (*end) {
		end++;
	}
	return end - text;
}
