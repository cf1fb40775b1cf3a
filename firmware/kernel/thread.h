/* Threads: preemptive, with priorities, each with its own kernel stack and slice of the call stack. */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include "module.h"
#include "trap.h"

/* All threads, those of the kernel included: main, idle, worker. */
#define THREADS 6
#define THREAD_IDLE 1
#define THREAD_WORKER 2
/* Frames of the call stack: those of the idle thread serve interrupt handlers. */
#define IDLE_FRAMES 4
/* Least that a kernel stack must hold. */
#define THREAD_STACK 768
#define WORKER_STACK 1024

enum thread_state { THREAD_UNUSED, THREAD_READY, THREAD_SLEEPING };
enum thread_priority { PRIORITY_IDLE, PRIORITY_LOW, PRIORITY_NORMAL, PRIORITY_HIGH, PRIORITY_WORKER };

struct thread {
	const char *name;
	struct trap_frame *frame;  /* what it goes on with; lies on its kernel stack */
	uint32_t slice;            /* CSRs that belong to it: pd_slice, pd_top, the grant */
	uint32_t top;
	struct range grant;
	uint32_t grant_access;
	uint32_t since;            /* cycle in which it was suspended */
	uintptr_t module_sp;       /* pd_sp of the module that it was in, as it was */
	uint32_t wake;             /* tick at which a sleeper wakes */
	uint8_t state;
	uint8_t priority;
	uint8_t waits_for;         /* module in which another thread is; 0: none */
	uint8_t suspended_in;      /* module whose pd_sp was lowered; 0: none */
};

extern struct thread threads[THREADS];
extern struct thread *thread_current;

/* Make the running code thread main, and start the kernel's own threads. */
void thread_start(void);
/* A thread that runs entry(argument) on `stack`; ends when that returns. It has `frames` frames of the call stack: those of
 * a thread that has ended, or the last of the creator's. -ENOMEM: no thread, or not so many frames.
 */
int thread_create(const char *name, void (*entry)(long), long argument, void *stack, uint32_t stack_bytes,
		  enum thread_priority priority, uint32_t frames);
/* Let others run. Like all that follows only with interrupts enabled. */
void thread_yield(void);
/* Sleep for `ticks` ticks. */
void thread_sleep(uint32_t ticks);
/* End the running thread. */
_Noreturn void thread_exit(void);
/* Wait until no other thread is in the module. 0; -EBUSY: cannot wait here; -EDEADLK: would wait for ever. */
long thread_wait_for_module(uint32_t id);
/* The software interrupt by which thread_yield lets others run is here. */
void thread_yielded(void);
/* 1: another thread should run. */
long thread_due(void);
/* A tick: wake sleepers. */
void thread_tick(void);
/* Wake a sleeper before its time. */
void thread_wake(struct thread *thread);

/* trap.S: where a thread starts. */
void thread_begin(void);

#endif
