/* The kernel's allocator on the host, under the host's sanitizers: does what each line of the input says, answers with a
 * line, and checks after each that the bookkeeping fits together. The heap's memory is not there: it must not be touched.
 */

#include "alloc.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define KIND(tag) ((tag) >> 14)
#define REST(tag) ((tag) & 0x3fffu)
enum { INSIDE, SINGLE, USED, FREE };

static struct heap heap;

static void must(bool holds, const char *what, uint32_t index)
{
	if (!holds) {
		printf("BROKEN %s at granule %u\n", what, index);
		fflush(stdout);
		exit(1);
	}
}

/* The list that the free block at `index` must be in, by its definition in words; not by the allocator's arithmetic. */
static uint32_t class_for(uint32_t size)
{
	uint32_t low = 16, class = 16;

	if (size < 16) {
		return size;
	}
	for (; size >= low * 2; low *= 2) {
		class += 8;
	}
	return class + (size - low) / (low / 8);
}

static bool is_listed(uint32_t index, uint32_t class)
{
	uint32_t before = 0x3fff, steps = 0;

	for (uint32_t at = heap.heads[class]; at != 0x3fff; before = at, at = heap.row[at].link) {
		must(at < heap.granules && ++steps <= heap.granules, "list", at);
		must(KIND(heap.row[at].tag) == SINGLE || KIND(heap.row[at].tag) == FREE, "listed block is not free", at);
		uint32_t size = KIND(heap.row[at].tag) == SINGLE ? 1 : REST(heap.row[at].tag);
		uint32_t back = size == 1 ? REST(heap.row[at].tag) : heap.row[at + size - 1].link;
		must(back == before, "way back", at);
		if (at == index) {
			return true;
		}
	}
	return false;
}

static void check(void)
{
	uint32_t used = 0, blocks = 0, listed = 0;
	bool free_before = false;

	for (uint32_t index = 0; index < heap.granules;) {
		uint32_t kind = KIND(heap.row[index].tag), size = kind == SINGLE ? 1 : REST(heap.row[index].tag);
		must(kind != INSIDE, "no block begins", index);
		must(size >= 1 && size <= heap.granules - index, "size", index);
		for (uint32_t inner = index + 1; inner < index + size; inner++) {
			must(KIND(heap.row[inner].tag) == INSIDE, "block in a block", inner);
		}
		must(size == 1 || REST(heap.row[index + size - 1].tag) == size, "size at the end", index);
		if (kind == USED) {
			used += size;
			blocks++;
		} else {
			must(!free_before, "free neighbours are apart", index);
			must(kind == (size == 1 ? SINGLE : FREE), "kind", index);
			must(is_listed(index, class_for(size)), "not in its list", index);
			listed++;
		}
		free_before = kind != USED;
		index += size;
	}
	must(used == heap.used && blocks == heap.blocks && heap.peak >= used, "statistics", 0);
	for (uint32_t class = 0; class < heap.classes; class++) {
		for (uint32_t at = heap.heads[class]; at != 0x3fff; at = heap.row[at].link) {
			listed--;
		}
	}
	must(listed == 0, "more blocks are listed than free", 0);
	must(heap.row[heap.limit].tag == 0, "written behind the end", heap.limit);
}

/* Exactly as much as the kernel would have, so that a sanitizer sees a step beyond. */
static void create(uintptr_t base, uint32_t shift, uint32_t initial, uint32_t limit, uint32_t quota)
{
	free(heap.row);
	free(heap.heads);
	heap = (struct heap){
		.base = base,
		.row = calloc(limit + 1, sizeof(struct granule)),
		.heads = malloc(HEAP_CLASSES(limit) * sizeof(uint16_t)),
		.classes = HEAP_CLASSES(limit),
		.shift = shift,
		.initial = initial,
		.limit = limit,
		.quota = quota,
	};
	heap_reset(&heap);
}

int main(void)
{
	uintptr_t a, b, c, d, e;
	char line[200], what;

	while (fgets(line, sizeof line, stdin)) {
		int count = sscanf(line, "%c %" SCNuPTR " %" SCNuPTR " %" SCNuPTR " %" SCNuPTR " %" SCNuPTR, &what, &a, &b, &c,
				   &d, &e);
		if (count == 6 && what == 'n') {
			create(a, b, c, d, e);
			printf("0\n");
		} else if (count == 2 && what == 'a') {
			printf("%" PRIuPTR "\n", (uintptr_t)heap_allocate(&heap, a));
		} else if (count == 2 && what == 'f') {
			printf("%d\n", heap_free(&heap, (void *)a));
		} else if (count == 2 && what == 'l') {
			printf("%d\n", heap_look(&heap, a));
		} else if (count == 2 && what == 's') {
			printf("%zu\n", heap_size(&heap, (void *)a));
		} else if (count == 2 && what == 'g') {
			printf("%" PRIu32 "\n", heap_grow(&heap, a));
		} else if (count == 1 && what == 'r') {
			heap_reset(&heap);
			printf("0\n");
		} else {
			printf("BROKEN line %s", line);
			return 1;
		}
		check();
		fflush(stdout);
	}
	free(heap.row);
	free(heap.heads);
	return 0;
}
