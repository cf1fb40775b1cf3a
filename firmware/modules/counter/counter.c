/* Counts, and remembers when: a list of the last marks on the heap, times from the countdown timer. */

#include "counter/counter.h"
#include "led/led.h"
#include <errno.h>
#include <kernel.h>
#include <memmap.h>

#define KEPT 8
#define CONTROL_ENABLE 1

struct timer {
	uint32_t count;
	uint32_t reload;
	uint32_t control;
	uint32_t status;
};

struct mark {
	struct mark *older;
	uint32_t time;
};

static volatile struct timer *const timer = (volatile struct timer *)TIMER_BASE;
static struct mark *newest;
static int counts;

/* Give back all marks but the newest `keep`. */
static void forget(int keep)
{
	struct mark **link = &newest;

	while (*link && keep-- > 0) {
		link = &(*link)->older;
	}
	while (*link) {
		struct mark *gone = *link;
		*link = gone->older;
		kfree(gone);
	}
}

int counter_start(uint32_t period)
{
	forget(0);
	counts = 0;
	timer->reload = period;
	timer->control = CONTROL_ENABLE;
	return 0;
}

int counter_next(void)
{
	struct mark *mark = kmalloc(sizeof *mark);

	if (!mark) {
		return -ENOMEM;
	}
	mark->time = timer->count;
	mark->older = newest;
	newest = mark;
	forget(KEPT);
	led_toggle(1u << 7);
	return ++counts;
}

int counter_mark(uint32_t back)
{
	struct mark *mark = newest;

	while (mark && back--) {
		mark = mark->older;
	}
	return mark ? (int)mark->time : -ENOENT;
}
