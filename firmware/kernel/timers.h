/* Timers of modules: a module asks to be called back. */
#ifndef KERNEL_TIMERS_H
#define KERNEL_TIMERS_H

#include <stdint.h>

struct timer {
	const void *function; /* of the module; NULL: the timer is free */
	long argument;
	uint32_t due;         /* cycle */
	uint32_t period;      /* cycles; 0: once */
};

/* As many as the manifests allow all together, and whose each is; made by the build step. */
extern struct timer timers[];
extern const uint8_t timer_owners[];
extern const uint32_t timer_count;
/* Frames of the call stack for the thread `worker`: it restarts modules, and calls back if there are timers. */
extern const uint32_t worker_frames;

/* The services timer_set and timer_cancel (kernel.h) for module `id`. */
int timers_set(const void *function, long argument, uint32_t cycles, uint32_t period, uint32_t id);
int timers_cancel(uint32_t number, uint32_t id);
/* Call back all that are due. */
void timers_run(void);
/* A tick has passed. */
void timers_tick(void);
/* Module `id` has none any more. */
void timers_forget(uint32_t id);

#endif
