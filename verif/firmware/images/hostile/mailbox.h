/* What the campaign outside writes before a program runs, and reads after it. verif/hostile/target.py knows the layout. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdint.h>

#define MAILBOX_CALLS 4

struct round {
	uint32_t step;   /* witness_step: depends on every call since the start */
	uint32_t filled; /* sum of the bytes that witness_fill has left in a lent buffer */
	uint32_t sum;    /* clerk_sum of the same bytes: clerk serves the hostile modules too */
	uint32_t timer;  /* witness_timer: what it has read back from its device */
	uint32_t heap;   /* 1: the kernel's own heap works */
};

struct mailbox {
	uint32_t delay; /* turns of a loop before the first call: where in a tick it begins */
	uint32_t calls;
	uint32_t nonce; /* what the honest calls are made with */
	struct {
		uint32_t target;
		long arguments[6];
	} call[MAILBOX_CALLS];
	struct round rounds[MAILBOX_CALLS + 1];
};

extern struct mailbox mailbox;
/* Memory that is lent to the hostile modules. */
extern unsigned char lent[64];

#endif
