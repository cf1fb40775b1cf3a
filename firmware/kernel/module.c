/* The registry of modules: their initial state, the hardware's table, and calls. */

#include "module.h"
#include "arena.h"
#include "console.h"
#include "csr.h"
#include "section.h"
#include <errno.h>
#include <services.h>
#include <string.h>

extern const char __public_start[], __public_end[];

LIVE_DATA struct module_state module_states[MODULE_IDS];

const struct operation *module_operation(uint32_t target)
{
	const uint32_t id = target & TARGET_ID_MASK, number = target >> 8;

	/* The kernel has no operations. */
	return id < module_count && number < module_table[id].operation_count ? &module_table[id].operations[number] : NULL;
}

void module_load(uint32_t id)
{
	const struct module_info *info = &module_table[id];
	uintptr_t initialised = info->image.upper - info->image.lower;

	memcpy((void *)info->data.lower, (const void *)info->image.lower, initialised);
	memset((void *)(info->data.lower + initialised), 0, info->data.upper - info->data.lower - initialised);
	arena_reset(id);
}

void module_update(uint32_t id)
{
	const struct module_state *state = &module_states[id];
	const bool open = state->condition <= MODULE_STARTING && state->condition != MODULE_FAILED && !state->owner;

	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_FLAGS, module_table[id].flags | (open ? PD_FLAGS_VALID_MASK : 0));
}

uintptr_t module_suspend(uint32_t id, uintptr_t sp)
{
	csr_write(CSR_PD_SELECT, id);
	const uintptr_t was = csr_read(CSR_PD_SP);
	csr_write(CSR_PD_SP, sp & ~(uintptr_t)15);
	return was;
}

void module_resume(uint32_t id, uintptr_t sp)
{
	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_SP, sp);
}

static void install(uint32_t id, uintptr_t entry, uint32_t flags)
{
	const struct module_info *info = id < module_count ? &module_table[id] : &module_table[0];

	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_ALOWER, info->arena.lower);
	csr_write(CSR_PD_AUPPER, info->arena.upper);
	csr_write(CSR_PD_DLOWER, info->device.lower);
	csr_write(CSR_PD_DUPPER, info->device.upper);
	csr_write(CSR_PD_ENTRY, entry);
	csr_write(CSR_PD_SP, info->stack_top);
	csr_write(CSR_PD_FLAGS, flags);
}

void module_start(void)
{
	uint32_t config = csr_read(CSR_PD_CONFIG);
	uint32_t ids = csr_field(config, PD_CONFIG_MODULES);

	/* Ids for all, and the public window. */
	if (module_count > ids || module_count > MODULE_IDS || !(config & PD_CONFIG_PUBLIC_MASK)) {
		panic("pd_config does not suffice");
	}
	/* The table's contents are undefined until written, so the entries that nobody uses count too. */
	for (uint32_t id = 1; id < ids; id++) {
		const struct module_info *info = &module_table[id];
		install(id, (uintptr_t)module_entry, id < module_count ? info->flags | PD_FLAGS_VALID_MASK : 0);
		if (id < module_count) {
			/* Nothing has run yet: what the loader put into the arena is the pristine image. */
			memcpy((void *)info->image.lower, (const void *)info->data.lower,
			       info->image.upper - info->image.lower);
			module_load(id);
		}
	}
	/* Only the kernel's own gate is open to modules: calls between modules go through the kernel, which knows who
	 * may call whom and keeps a module that is entered twice off its own frames.
	 */
	install(0, (uintptr_t)service_entry, PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK);
	csr_write(CSR_PD_PLOWER, (uintptr_t)__public_start);
	csr_write(CSR_PD_PUPPER, (uintptr_t)__public_end);
}

/* [address, address + size) lies within [lower, upper). */
static __attribute__((noinline)) bool within(uintptr_t lower, uintptr_t upper, uintptr_t address, uintptr_t size)
{
	return lower <= address && address <= upper && size <= upper - address;
}

bool module_may_access(const struct activation *call, uintptr_t address, uintptr_t size, enum access access)
{
	const struct range arena = arena_window(call->target & TARGET_ID_MASK);
	const struct operation *operation = module_operation(call->target & ~TARGET_OVERRUN);

	return size == 0 || within(arena.lower, arena.upper, address, size) ||
	       (access == ACCESS_READ &&
		within((uintptr_t)__public_start, (uintptr_t)__public_end, address, size)) ||
	       (operation && (operation->lend & access) == access &&
		within(call->grant.lower, call->grant.upper, address, size));
}

bool activation_includes(const struct activation *call, uint32_t id)
{
	while (call && (call->target & TARGET_ID_MASK) != id) {
		call = call->outer;
	}
	return call != NULL;
}

bool activation_mark_late(struct activation *call, uint32_t now)
{
	bool late = false;

	for (; call; call = call->outer) {
		const struct module_info *info = &module_table[call->target & TARGET_ID_MASK];
		const bool handler = call->target & (TARGET_INTERRUPT | TARGET_TIMER);
		if (now - call->start >= (handler ? info->interrupt_budget : info->budget)) {
			call->target |= TARGET_OVERRUN;
			late = true;
		}
		/* A handler runs on its own time, not on that of whom it has interrupted. */
		if (handler) {
			break;
		}
	}
	return late;
}

/* Room on the call stack for so many more frames? */
static bool has_room(uint32_t frames)
{
	return csr_field(csr_read(CSR_PD_SLICE), PD_SLICE_LIMIT) - csr_read(CSR_PD_TOP) >= frames;
}

long module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target)
{
	const struct operation *operation = module_operation(target);

	return operation ? operation->call(a0, a1, a2, a3, a4, a5) : -ENOENT;
}

/* Called by service_module_call in gate.S: a module calls another one, with these arguments. The operation, or an error.
 * What it lends must be its own to lend.
 */
long module_admit(const long *arguments, uint32_t target)
{
	const struct activation *call = activation_current();
	const struct operation *operation = module_operation(target);

	if (!operation) {
		return -ENOENT;
	}
	if (!(module_table[target & TARGET_ID_MASK].callers >> (call->target & TARGET_ID_MASK) & 1)) {
		return -EACCES;
	}
	if (operation->lend != ACCESS_NONE &&
	    !module_may_access(call, arguments[operation->pointer_index], arguments[operation->length_index],
			       operation->lend)) {
		return -EFAULT;
	}
	/* One frame for the call and one for the services that it uses. */
	return has_room(2) ? (long)operation : -ELOOP;
}
