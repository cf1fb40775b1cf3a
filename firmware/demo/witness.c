/* Is everyone's memory as it was? Checksums over all that does not belong to the suspect. */

#include "witness.h"
#include "module.h"
#include <memmap.h>
#include <stddef.h>

extern const char __kernel_text_start[], __public_end[], __kernel_data_start[], __live_start[], __bss_live_end[];
extern const char __bss_end[], __images_start[], __images_end[], kernel_stack_top[];

/* Fletcher's sum: sees any one change, and words that change places. */
static struct sum add(struct sum sum, uint32_t word)
{
	sum.plain += word;
	sum.weighted += sum.plain;
	return sum;
}

/* Bounds may lie anywhere: up to the first whole word and from the last one on it goes by bytes. */
static struct sum add_range(struct sum sum, uintptr_t lower, uintptr_t upper)
{
	for (; lower < upper && lower % 4; lower++) {
		sum = add(sum, *(const uint8_t *)lower);
	}
	for (; lower + 16 <= upper; lower += 16) {
		const uint32_t *words = (const uint32_t *)lower;
		uint32_t first = words[0], second = words[1], third = words[2], fourth = words[3];
		sum = add(add(add(add(sum, first), second), third), fourth);
	}
	for (; lower + 4 <= upper; lower += 4) {
		sum = add(sum, *(const uint32_t *)lower);
	}
	for (; lower < upper; lower++) {
		sum = add(sum, *(const uint8_t *)lower);
	}
	return sum;
}

static struct sum add_symbols(struct sum sum, const char *lower, const char *upper)
{
	return add_range(sum, (uintptr_t)lower, (uintptr_t)upper);
}

void witness_take_code(struct witness *witness)
{
	witness->sums[WITNESS_CODE] = add_symbols((struct sum){0, 0}, __kernel_text_start, __public_end);
}

void witness_take(struct witness *witness, uint32_t suspect, uintptr_t stack)
{
	static const uintptr_t registers[] = {GPIO_OUT, TIMER_RELOAD, TIMER_CONTROL};
	const struct sum none = {0, 0};
	struct sum *sums = witness->sums;

	sums[WITNESS_KERNEL] = add_symbols(none, __kernel_data_start, __live_start);
	sums[WITNESS_KERNEL] = add_symbols(sums[WITNESS_KERNEL], __bss_live_end, __bss_end);
	sums[WITNESS_KERNEL] = add_symbols(sums[WITNESS_KERNEL], __images_start, __images_end);
	sums[WITNESS_STACK] = add_range(none, stack, (uintptr_t)kernel_stack_top);
	sums[WITNESS_DEVICES] = none;
	for (unsigned index = 0; index < sizeof registers / sizeof registers[0]; index++) {
		sums[WITNESS_DEVICES] = add(sums[WITNESS_DEVICES], *(const volatile uint32_t *)registers[index]);
	}
	sums[WITNESS_ARENAS] = none;
	for (uint32_t id = 1; id < module_count; id++) {
		if (id != suspect) {
			const struct range arena = module_table[id].arena;
			sums[WITNESS_ARENAS] = add_range(sums[WITNESS_ARENAS], arena.lower, arena.upper);
		}
	}
}

const char *witness_compare(const struct witness *before, const struct witness *after)
{
	static const char *const names[] = {
		[WITNESS_CODE] = "code",
		[WITNESS_KERNEL] = "kernel data",
		[WITNESS_STACK] = "kernel stack",
		[WITNESS_DEVICES] = "a device",
		[WITNESS_ARENAS] = "another module's memory",
	};

	for (int part = 0; part < WITNESS_PARTS; part++) {
		const struct sum *was = &before->sums[part], *is = &after->sums[part];
		if (was->plain != is->plain || was->weighted != is->weighted) {
			return names[part];
		}
	}
	return NULL;
}
