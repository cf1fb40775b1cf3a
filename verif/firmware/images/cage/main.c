/* What a module can reach, and what not: the same claims with bounds and with PMP. */

#include "arena.h"
#include "cage/cage.h"
#include "console.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "other/other.h"
#include "thread.h"
#include <errno.h>
#include <memmap.h>
#include <modules.h>

extern const char __public_start[], __kernel_text_start[];

static int failed;
static _Alignas(4) unsigned char secret[16] = {1, 2, 3, 4};
static _Alignas(4) unsigned char buffer[16];

static void check(const char *name, bool holds)
{
	console_print("%s %s\n", holds ? "ok" : "FAILED", name);
	failed += !holds;
}

/* The call has ended by a fault with this error, and it is in the log. */
static bool stopped(long result, long error)
{
	static uint32_t seen;
	const bool faulted = fault_count() == seen + 1;

	seen = fault_count();
	return faulted && result == error;
}

static void memory(void)
{
	const struct range arena = module_table[MODULE_CAGE].arena;
	const uintptr_t own = cage_own(), other = other_own();

	check("own_memory", cage_store(own) == 0 && cage_load(own) == 0 && *(unsigned char *)own == 0xbb);
	check("last_of_arena", cage_store(arena.upper - 1) == 0);
	check("behind_arena", stopped(cage_store(arena.upper), -EFAULT));
	check("before_arena", stopped(cage_store(arena.lower - 1), -EFAULT));
	check("kernel_load", stopped(cage_load((uintptr_t)secret), -EFAULT));
	check("kernel_store", stopped(cage_store((uintptr_t)secret), -EFAULT) && secret[0] == 1);
	check("kernel_code", stopped(cage_load((uintptr_t)__kernel_text_start), -EFAULT));
	check("public_load", cage_load((uintptr_t)__public_start) == 0);
	check("public_store", stopped(cage_store((uintptr_t)__public_start), -EFAULT));
	check("other_load", stopped(cage_load(other), -EFAULT));
	check("other_store", stopped(cage_store(other), -EFAULT) && *(unsigned char *)other == 7);
	check("null", stopped(cage_load(0), -EFAULT) && stopped(cage_store(0), -EFAULT));
	check("copy", cage_copy(own + 1, own, 8) == 0);
	check("copy_from_other", stopped(cage_copy(own, other, 8), -EFAULT));
	check("own_device", cage_load(TIMER_RELOAD) == 0);
	check("device_of_kernel", stopped(cage_load(CLINT_MTIME), -EFAULT) && stopped(cage_store(UART_LCR), -EFAULT));
	check("grown", cage_grow() > 1 && arena_window(MODULE_CAGE).upper > arena.upper);
}

static void code(void)
{
	check("jump_to_kernel", stopped(cage_jump((uintptr_t)kernel_fault), -EFAULT));
	check("jump_to_own_memory", stopped(cage_jump(cage_own()), -EFAULT));
	check("csr_read", stopped(cage_do(CAGE_CSR_READ), -EPERM));
	check("csr_write", stopped(cage_do(CAGE_CSR_WRITE), -EPERM));
	check("entry_write", stopped(cage_do(CAGE_ENTRY_WRITE), -EPERM));
	check("mret", stopped(cage_do(CAGE_MRET), -EPERM));
	check("wfi", stopped(cage_do(CAGE_WFI), -EPERM));
}

static void grants(void)
{
	const uintptr_t from = (uintptr_t)buffer, to = from + 8;

	check("lent", cage_with_both(buffer, 8, from, true) == 0 && buffer[0] == 0xbb);
	check("lent_last", cage_with_both(buffer, 8, to - 1, true) == 0 && buffer[7] == 0xbb);
	check("behind_lent", stopped(cage_with_both(buffer, 8, to, false), -EFAULT));
	check("before_lent", stopped(cage_with_both(buffer, 8, from - 1, false), -EFAULT));
	check("lent_to_read", cage_with_read(buffer, 8, from, false) == 0);
	check("lent_to_read_only", stopped(cage_with_read(buffer, 8, from, true), -EFAULT));
	check("no_longer_lent", stopped(cage_load(from), -EFAULT));
	buffer[0] = 0;
	check("lent_again_after_a_call", cage_nested(buffer, 8) == 7 && buffer[0] == 1 && buffer[7] == 7);
}

/* Runs while the main thread is inside of cage. */
static void interloper(long unused)
{
	(void)unused;
	other_own();
	buffer[0] = 1;
}

static void threads_run(void)
{
	static _Alignas(16) char stack[THREAD_STACK];

	buffer[0] = 0;
	thread_create("interloper", interloper, 0, stack, sizeof stack, PRIORITY_NORMAL, 2);
	check("windows_come_back_with_a_thread", cage_wait(buffer, 8) == 0 && buffer[7] == 2);
}

int image_main(void)
{
	memory();
	code();
	grants();
	threads_run();
	console_print("end, %d failures\n", failed);
	return failed != 0;
}
