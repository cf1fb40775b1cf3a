/* The registry of modules: their initial state, the hardware's table, and calls. */

#include "module.h"
#include "arena.h"
#include "console.h"
#include "csr.h"
#include "section.h"
#include <errno.h>
#include <string.h>

extern const char __public_start[], __public_end[], __kernel_stack_start[];

/* Bytes of the kernel's stack that must be free for a call into a module. */
#define STACK_RESERVE 1024

LIVE_DATA struct activation *activation_current;

const struct module_info *module_find(uint32_t id)
{
	return id != 0 && id < module_count && module_table[id].name ? &module_table[id] : NULL;
}

void module_load(uint32_t id)
{
	const struct module_info *info = &module_table[id];
	uintptr_t initialised = info->image.upper - info->image.lower;

	memcpy((void *)info->data.lower, (const void *)info->image.lower, initialised);
	memset((void *)(info->data.lower + initialised), 0, info->data.upper - info->data.lower - initialised);
	arena_reset(id);
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
	csr_write(CSR_PD_SELECT, 0);
}

void module_start(void)
{
	uint32_t config = csr_read(CSR_PD_CONFIG);
	uint32_t ids = csr_field(config, PD_CONFIG_MODULES);

	if (module_count > ids) {
		panic("%u module ids are needed, the hardware has %u", module_count, ids);
	}
	if (!(config & PD_CONFIG_PUBLIC_MASK)) {
		panic("this kernel needs the public window (pd_config %x)", config);
	}
	/* The table's contents are undefined until written, so the entries that nobody uses count too. */
	for (uint32_t id = 1; id < ids; id++) {
		const struct module_info *info = module_find(id);
		install(id, (uintptr_t)module_entry, info ? info->flags | PD_FLAGS_VALID_MASK : 0);
		if (info) {
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

/* [address, address + size) lies within the range. */
static bool within(struct range range, uintptr_t address, uintptr_t size)
{
	return range.lower <= address && address <= range.upper && size <= range.upper - address;
}

bool module_may_access(uint32_t id, uintptr_t address, uintptr_t size, enum access access)
{
	const struct module_info *info = module_find(id);
	const struct range public = {(uintptr_t)__public_start, (uintptr_t)__public_end};
	const struct activation *call = activation_current;

	if (!info) {
		return false;
	}
	if (size == 0 || within(arena_window(id), address, size)) {
		return true;
	}
	if (access == ACCESS_READ && within(public, address, size)) {
		return true;
	}
	return call && call->id == id && (call->grant_access & access) == access && within(call->grant, address, size);
}

bool activation_overrun(void)
{
	return activation_current && (int32_t)(csr_read(CSR_MCYCLE) - activation_current->deadline) >= 0;
}

/* The last call of `id` that has not returned; NULL if there is none. */
static const struct activation *active_call(uint32_t id)
{
	const struct activation *call = activation_current;

	while (call && call->id != id) {
		call = call->outer;
	}
	return call;
}

static void set_stack(uint32_t id, uintptr_t sp)
{
	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_SP, sp);
	csr_write(CSR_PD_SELECT, 0);
}

/* A call counts against its own budget and against that of the call that it is made from. */
static uint32_t deadline_for(uint32_t budget)
{
	uint32_t deadline = csr_read(CSR_MCYCLE) + budget;

	if (activation_current && (int32_t)(activation_current->deadline - deadline) < 0) {
		return activation_current->deadline;
	}
	return deadline;
}

/* A module that is entered again while it is active gets its stack below what is in use. */
static void begin(struct activation *call, uint32_t id)
{
	const struct activation *active = active_call(id);

	*call = (struct activation){
		.outer = activation_current,
		.id = id,
		.sp = active ? active->sp & ~(uintptr_t)15 : module_table[id].stack_top,
		.reentered = active != NULL,
		.deadline = deadline_for(module_table[id].budget),
	};
	if (active) {
		set_stack(id, call->sp);
	}
	activation_current = call;
}

static void end(const struct activation *call)
{
	activation_current = call->outer;
	if (call->reentered) {
		set_stack(call->id, module_table[call->id].stack_top);
	}
}

/* Room for another call: `frames` on the call stack, and what a service may need of the kernel's own stack. */
static bool has_room(uint32_t frames)
{
	uint32_t limit = csr_field(csr_read(CSR_PD_SLICE), PD_SLICE_LIMIT);
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);

	return limit - csr_read(CSR_PD_TOP) >= frames && sp - (uintptr_t)__kernel_stack_start >= STACK_RESERVE;
}

long module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target)
{
	uint32_t id = target & 0xff;
	uint32_t number = target >> 8;
	const struct module_info *info = module_find(id);
	struct activation call;

	if (!info) {
		return -ENOENT;
	}
	if (number >= info->operation_count) {
		return -ENOSYS;
	}
	/* One frame for the call and one for the services that it uses. */
	if (!has_room(2)) {
		return -ELOOP;
	}
	begin(&call, id);
	const struct operation *operation = &info->operations[number];
	if (operation->lend != ACCESS_NONE) {
		const long arguments[] = {a0, a1, a2, a3, a4, a5};
		uintptr_t lower = arguments[operation->pointer_index];
		uintptr_t upper = lower + arguments[operation->length_index];
		call.grant = (struct range){lower, upper};
		call.grant_access = operation->lend;
		csr_write(CSR_PD_GLOWER, lower);
		csr_write(CSR_PD_GUPPER, upper);
		csr_write(CSR_PD_GPERM, operation->lend);
	}
	long result = gate_enter(a0, a1, a2, a3, a4, a5, target);
	end(&call);
	return result;
}

long module_run_thread(uint32_t target, uint32_t frames, long a0, long a1)
{
	uint32_t id = target & 0xff;
	uint32_t old_slice = csr_read(CSR_PD_SLICE);
	uint32_t base = csr_field(old_slice, PD_SLICE_LIMIT) - frames;
	struct activation call;

	if (!module_find(id)) {
		return -ENOENT;
	}
	if (!has_room(frames)) {
		return -ELOOP;
	}
	begin(&call, id);
	long result = gate_launch(a0, a1, 0, 0, 0, 0, target, (base + frames) << PD_SLICE_LIMIT_LSB | base);
	end(&call);
	return result;
}
