/* Threads. A thread is switched in the timer's or the software interrupt, wherever it is: in the kernel, or in a module
 * that it has called. The modules that a suspended thread is in are closed for the others until it goes on, by
 * pd_flags.valid: whoever calls one waits, and lends its priority meanwhile. That costs a call nothing.
 */

#include "thread.h"
#include "csr.h"
#include "irq.h"
#include "section.h"
#include "timer.h"
#include "timers.h"
#include <errno.h>
#include <memmap.h>
#include <string.h>

/* At the idle thread's stack's upper end lies what trap.S writes there. */
#define IDLE_RECORDS (sizeof(struct activation) + sizeof(struct interrupt))
#define MSIP (*(volatile uint32_t *)CLINT_MSIP)

LIVE_DATA struct thread threads[THREADS];
LIVE_DATA struct thread *thread_current;
static LIVE_DATA uint32_t suspended; /* modules that suspended threads are in */

/* The running thread's call is that of an interrupt handler, or made by one: no time to wait. */
static bool in_interrupt(const struct activation *call)
{
	while (call && !(call->target & TARGET_INTERRUPT)) {
		call = call->outer;
	}
	return call != NULL;
}

/* Who is to run for `thread`: itself, or whoever it waits for; NULL: nobody can. */
static struct thread *runner(struct thread *thread)
{
	struct thread *owner;

	for (unsigned hops = THREADS; hops && thread->state == THREAD_READY; hops--) {
		/* Nobody waits for module 0, and nobody is suspended in it. */
		owner = module_states[thread->waits_for].owner;
		if (!owner) {
			return thread;
		}
		thread = owner;
	}
	return NULL;
}

/* The ready thread of the highest priority; among equals the next one behind the running one. */
static struct thread *choose(void)
{
	struct thread *best = NULL, *thread = thread_current;
	int priority = -1;

	do {
		if (++thread == threads + THREADS) {
			thread = threads;
		}
		struct thread *candidate = thread->priority > priority ? runner(thread) : NULL;
		if (candidate) {
			best = candidate;
			priority = thread->priority;
		}
	} while (thread != thread_current);
	return best;
}

void thread_yielded(void)
{
	MSIP = 0;
}

long thread_due(void)
{
	return !in_interrupt(activation_current()) && choose() != thread_current;
}

/* Close the modules of the outgoing thread, and open those of the incoming one. */
static void set_owner(struct activation *call, struct thread *owner, uint32_t away)
{
	for (; call; call = call->outer) {
		const uint32_t id = call->target & TARGET_ID_MASK;
		if (module_states[id].owner != owner) {
			suspended += owner ? 1 : -1;
			module_states[id].owner = owner;
			module_update(id);
		}
		call->start += away;
	}
}

static void suspend(struct thread *thread, struct trap_frame *frame)
{
	struct activation *call = activation_current();

	thread->frame = frame;
	thread->slice = csr_read(CSR_PD_SLICE);
	thread->top = csr_read(CSR_PD_TOP);
	thread->grant = (struct range){csr_read(CSR_PD_GLOWER), csr_read(CSR_PD_GUPPER)};
	thread->grant_access = csr_read(CSR_PD_GPERM);
	thread->since = csr_read(CSR_MCYCLE);
	thread->suspended_in = 0;
	if (call) {
		const bool inside = csr_field(frame->pd_status, PD_STATUS_PID) != 0;
		const uintptr_t sp = inside ? *trap_register(frame, 2) : call->sp;
		/* 0: it has not begun yet, or has not been in the kernel since. */
		if (sp) {
			thread->suspended_in = call->target & TARGET_ID_MASK;
			thread->module_sp = module_suspend(thread->suspended_in, sp);
		}
		set_owner(call, thread, 0);
	}
}

static struct trap_frame *resume(struct thread *thread)
{
	struct trap_frame *frame = thread->frame;
	/* As trap.S finds it: the interrupted activation, or what the kernel ran for. */
	struct activation *call = (struct activation *)(frame->activation ? frame->activation : *trap_register(frame, 4));

	if (thread->priority == PRIORITY_IDLE) {
		*trap_register(frame, 4) = suspended == 0;
		call = NULL;
	}
	set_owner(call, NULL, csr_read(CSR_MCYCLE) - thread->since);
	if (thread->suspended_in) {
		module_resume(thread->suspended_in, thread->module_sp);
	}
	csr_write(CSR_PD_SLICE, thread->slice);
	csr_write(CSR_PD_TOP, thread->top);
	csr_write(CSR_PD_GLOWER, thread->grant.lower);
	csr_write(CSR_PD_GUPPER, thread->grant.upper);
	/* Sets arm, which trap.S puts right with pd_status. */
	csr_write(CSR_PD_GPERM, thread->grant_access);
	return frame;
}

struct trap_frame *thread_switch(struct trap_frame *frame)
{
	struct thread *next = choose();

	if (next == thread_current) {
		return frame;
	}
	if (thread_current->state != THREAD_UNUSED) {
		suspend(thread_current, frame);
	}
	thread_current = next;
	return resume(next);
}

void thread_tick(void)
{
	for (struct thread *thread = threads; thread < threads + THREADS; thread++) {
		if (thread->state == THREAD_SLEEPING && (int32_t)(timer_ticks() - thread->wake) >= 0) {
			thread->state = THREAD_READY;
		}
	}
}

void thread_wake(struct thread *thread)
{
	if (thread->state == THREAD_SLEEPING) {
		thread->state = THREAD_READY;
	}
}

static uint32_t frames_of(uint32_t slice)
{
	return csr_field(slice, PD_SLICE_LIMIT) - csr_field(slice, PD_SLICE_BASE);
}

/* An unused thread with a slice of so many frames: that of one that has ended, or the end of the running thread's. */
static struct thread *unused(uint32_t frames)
{
	struct thread *found = NULL;

	for (struct thread *thread = threads; thread < threads + THREADS; thread++) {
		if (thread->state == THREAD_UNUSED && frames_of(thread->slice) == frames) {
			return thread;
		}
		if (!found && thread->state == THREAD_UNUSED && thread->slice == 0) {
			found = thread;
		}
	}
	const uint32_t slice = csr_read(CSR_PD_SLICE);
	const uint32_t limit = csr_field(slice, PD_SLICE_LIMIT);
	if (!found || limit - csr_read(CSR_PD_TOP) < frames) {
		return NULL;
	}
	found->slice = limit << PD_SLICE_LIMIT_LSB | (limit - frames);
	csr_write(CSR_PD_SLICE, slice - (frames << PD_SLICE_LIMIT_LSB));
	return found;
}

int thread_create(const char *name, void (*entry)(long), long argument, void *stack, uint32_t stack_bytes,
		  enum thread_priority priority, uint32_t frames)
{
	struct thread *thread = unused(frames);

	if (!thread) {
		return -ENOMEM;
	}
	struct trap_frame *frame = (struct trap_frame *)((char *)stack + stack_bytes) - 1;
	memset(frame, 0, sizeof *frame);
	frame->pc = (uintptr_t)thread_begin;
	*trap_register(frame, 2) = (uintptr_t)(frame + 1);
	*trap_register(frame, 8) = (uintptr_t)entry;
	*trap_register(frame, 10) = argument;
	*thread = (struct thread){
		.name = name,
		.frame = frame,
		.slice = thread->slice,
		.top = csr_field(thread->slice, PD_SLICE_BASE),
		.since = csr_read(CSR_MCYCLE),
		.state = THREAD_READY,
		.priority = priority,
	};
	return 0;
}

void thread_yield(void)
{
	/* Nothing that others read or write is kept in registers meanwhile. */
	__asm__ volatile("" : : : "memory");
	MSIP = 1;
	while (MSIP) {
	}
	__asm__ volatile("" : : : "memory");
}

void thread_sleep(uint32_t ticks)
{
	thread_current->wake = timer_ticks() + ticks;
	thread_current->state = THREAD_SLEEPING;
	thread_yield();
}

void thread_exit(void)
{
	thread_current->state = THREAD_UNUSED;
	for (;;) {
		thread_yield();
	}
}

/* Who is in `id` waits, perhaps by way of others, for a module that the running thread is in. */
static bool would_deadlock(uint32_t id)
{
	const struct thread *owner;

	for (unsigned hops = 0; hops < THREADS && (owner = module_states[id].owner) != NULL; hops++) {
		id = owner->waits_for;
		if (!id) {
			return false;
		}
		if (activation_includes(activation_current(), id)) {
			return true;
		}
	}
	return false;
}

long thread_wait_for_module(uint32_t id)
{
	struct thread *self = thread_current;

	if (!(csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK) || in_interrupt(activation_current())) {
		return -EBUSY;
	}
	self->waits_for = id;
	while (module_states[id].owner && module_states[id].owner != self) {
		if (would_deadlock(id)) {
			self->waits_for = 0;
			return -EDEADLK;
		}
		thread_yield();
	}
	self->waits_for = 0;
	return 0;
}

/* Restarts modules as soon as there are any to restart, and calls them back when their timers are due. */
static void worker(long unused)
{
	(void)unused;
	for (;;) {
		timers_run();
		/* A call that is on its way out of the module may be suspended: then soon again. */
		thread_sleep(module_recover() ? 1 : UINT32_MAX / 4);
	}
}

void thread_start(void)
{
	static LIVE_DATA _Alignas(16) char idle_stack[THREAD_STACK], worker_stack[WORKER_STACK];

	thread_current = &threads[0];
	threads[0] = (struct thread){.name = "main", .state = THREAD_READY, .priority = PRIORITY_NORMAL};
	thread_create("idle", NULL, 0, idle_stack, sizeof idle_stack - IDLE_RECORDS, PRIORITY_IDLE, IDLE_FRAMES);
	/* At once where it waits, with nothing in its registers. */
	threads[THREAD_IDLE].frame->pc = (uintptr_t)idle;
	thread_create("worker", worker, 0, worker_stack, sizeof worker_stack, PRIORITY_WORKER, worker_frames);
	csr_set(CSR_MIE, MIE_MSI_MASK);
}
