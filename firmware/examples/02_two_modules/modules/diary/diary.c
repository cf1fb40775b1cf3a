#include "diary/diary.h"
#include "clock/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct note {
	struct note *older;
	int minutes;
	int number;
};

static struct note *newest;

int diary_note(int number)
{
	struct note *note = malloc(sizeof *note);

	if (!note) {
		return -ENOMEM;
	}
	*note = (struct note){newest, clock_now(), number};
	newest = note;
	return 0;
}

int diary_print(void)
{
	int count = 0;

	for (const struct note *note = newest; note; note = note->older) {
		printf("%02d:%02d  %d\n", note->minutes / 60, note->minutes % 60, note->number);
		count++;
	}
	return count;
}

int diary_peek(const int *address)
{
	return *(const volatile int *)address;
}
