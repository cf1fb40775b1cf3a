/* Calls hostile modules as the campaign in verif/hostile says, and honest ones after every such call. What comes out is
 * judged outside, by verif/hostile/bench.
 */

#include "mailbox.h"
#include "module.h"
#include "thread.h"
#include "timers.h"
#include <clerk/clerk.h>
#include <kernel.h>
#include <witness/witness.h>

struct mailbox mailbox;
unsigned char lent[64];

static unsigned char buffer[32];

/* The simulator stops at these two: it puts a program in place at the first, and judges at the second. */
__attribute__((noinline)) void program_await(void)
{
	__asm__ volatile("fence.i" : : : "memory");
}

__attribute__((noinline)) void program_done(void)
{
	for (;;) {
		__asm__ volatile("");
	}
}

static bool wants_a_call_back(void)
{
	uint32_t number = 0;

	while (number < timer_count && !timers[number].function) {
		number++;
	}
	return number < timer_count;
}

static void honest_round(struct round *round, uint32_t value)
{
	round->step = witness_step(value);
	witness_fill(buffer, sizeof buffer, value);
	round->filled = 0;
	for (unsigned index = 0; index < sizeof buffer; index++) {
		round->filled += buffer[index];
	}
	round->sum = clerk_sum(buffer, sizeof buffer);
	round->timer = witness_timer(value & 0xffff);
	void *block = kmalloc(100);
	round->heap = block && kfree(block) == 0;
}

int image_main(void)
{
	program_await();
	for (volatile uint32_t turn = 0; turn < mailbox.delay; turn++) {
	}
	honest_round(&mailbox.rounds[0], mailbox.nonce);
	for (uint32_t index = 0; index < mailbox.calls; index++) {
		const long *a = mailbox.call[index].arguments;
		module_call(a[0], a[1], a[2], a[3], a[4], a[5], mailbox.call[index].target);
		if (wants_a_call_back()) {
			thread_sleep(3);
		}
		honest_round(&mailbox.rounds[index + 1], mailbox.nonce + index + 1);
	}
	program_done();
	return 0;
}
