/* The demo: honest work, exact times, and every misdeed of the rogue. The host reads what is printed here and compares it
 * with what must happen; expectations stand in rtl/paddock/fw/misdeeds.py.
 */

#include "console.h"
#include "counter/counter.h"
#include "csr.h"
#include "fault.h"
#include "led/led.h"
#include "module.h"
#include "rogue/rogue.h"
#include "store/store.h"
#include "timer.h"
#include "witness.h"
#include <errno.h>
#include <memmap.h>
#include <misdeeds.h>
#include <modules.h>
#include <string.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define LENT_BYTES 32

/* demo/measure.S */
uint32_t measure_jalr(void);
void measure_gate(uint32_t id, uint32_t cycles[2]);
uint32_t measure_prologue(void);
void measure_target(void);

/* demo/launch.S */
long launch(long a0, long a1, const char *function, uint32_t target, uint32_t frames);

/* How a misdeed is started. */
enum way { WAY_DO, WAY_PEEK_LENT, WAY_POKE_LENT, WAY_KEPT, WAY_LAUNCH, WAY_LAUNCH_WITHOUT_FRAMES };

struct plan {
	enum misdeed misdeed;
	const char *title;
	enum way way;
	enum target target;
	uint8_t lead; /* cycles from reading the counter to the misdeed; 0: not measured */
};

#define PLAN(misdeed, title, way, target, lead) {misdeed, title, way, target, lead},
static const struct plan plans[] = {MISDEEDS(PLAN)};

/* What a wild write to the kernel's data would hit. */
uint32_t bait[4] = {0x600dda7a, 0x600dda7a, 0x600dda7a, 0x600dda7a};

/* Facts that the misdeeds need, fixed before the first. */
static void *lent;
static uint32_t prologue;
static uintptr_t store_block;
static struct witness at_start;

/* What has happened so far. */
static struct {
	uint32_t done;
	uint32_t stopped;
	uint32_t damaged;
	uint32_t broken;
	uint32_t uneven; /* trapped after another number of cycles than the first */
} total;

static uintptr_t address_of(enum target target)
{
	const struct range rogue = module_table[MODULE_ROGUE].arena;

	switch (target) {
	case AT_KERNEL_DATA:
		return (uintptr_t)bait;
	case AT_KERNEL_CODE:
		return (uintptr_t)module_call;
	case AT_PUBLIC:
		return (uintptr_t)module_entry;
	case AT_STORE_HEAP:
		return store_block;
	case AT_STORE_STACK:
		return module_table[MODULE_STORE].stack_top - 4;
	case AT_LED_DEVICE:
		return GPIO_OUT;
	case AT_KERNEL_TIMER:
		return CLINT_MTIMECMP;
	case AT_BELOW:
		return rogue.lower - 1;
	case AT_ABOVE:
		return rogue.upper;
	case AT_UPPER_WORD:
		return rogue.upper & ~3u;
	case AT_UPPER_HALFWORD:
		return rogue.upper - 1;
	case AT_TOP:
		return 0xfffffffc;
	case AT_MISALIGNED:
		return module_table[MODULE_ROGUE].data.lower + 1;
	case AT_ODD_CODE:
		return (uintptr_t)module_entry + 2;
	case AT_LED_ID:
		return MODULE_LED;
	case AT_EMPTY_ID:
		return module_count;
	case AT_BAD_ID:
		return 200;
	case AT_LED_OPERATION:
		return TARGET_LED_SET;
	case AT_NULL:
		break;
	}
	return 0;
}

static long commit(const struct plan *plan)
{
	uintptr_t address = address_of(plan->target);

	switch (plan->way) {
	case WAY_PEEK_LENT:
		return rogue_peek_lent(lent, LENT_BYTES, plan->misdeed);
	case WAY_POKE_LENT:
		return rogue_poke_lent(lent, LENT_BYTES, plan->misdeed);
	case WAY_KEPT:
		/* The first call only hands the buffer over; the module remembers where it was. */
		rogue_poke_lent(lent, LENT_BYTES, plan->misdeed);
		return rogue_do(plan->misdeed, address);
	case WAY_LAUNCH:
		return launch(plan->misdeed, address, module_operation(TARGET_ROGUE_DO)->function, TARGET_ROGUE_DO, 2);
	case WAY_LAUNCH_WITHOUT_FRAMES:
		return launch(plan->misdeed, address, module_operation(TARGET_ROGUE_DO)->function, TARGET_ROGUE_DO, 0);
	case WAY_DO:
		break;
	}
	return rogue_do(plan->misdeed, address);
}

/* Does every honest module do its work, and does the kernel's tick go on? Returns who does not; NULL if all do. */
static const char *broken_part(void)
{
	static uint32_t round;
	static const char text[] = "a line to keep";
	char copy[sizeof text];
	uint32_t pattern = ++round & 0x7f;

	led_set(pattern);
	if (REGISTER(GPIO_OUT) != pattern) {
		return "led";
	}
	int before = counter_next();
	if (before <= 0 || counter_next() != before + 1 || counter_mark(0) < 0) {
		return "counter";
	}
	memset(copy, 0, sizeof copy);
	if (store_put(1, text, sizeof text) != 0 || store_get(1, copy, sizeof copy) != sizeof text ||
	    memcmp(copy, text, sizeof text) != 0 || store_sum("\1\2\3", 3) != 6) {
		return "store";
	}
	return NULL;
}

static void run(const struct plan *plan)
{
	struct witness before = at_start, after;
	uint32_t faults = fault_count();
	/* From here up the stack belongs to callers, who wait. */
	uintptr_t stack = (uintptr_t)__builtin_frame_address(0);

	console_print("[%u] %s\n     ", (unsigned)(plan - plans) + 1, plan->title);
	witness_take(&before, MODULE_ROGUE, stack);
	timer_start(); /* the next tick is a period away, so it cannot come between a misdeed and its trap */
	uint32_t start = csr_read(CSR_MCYCLE);
	long result = commit(plan);
	uint32_t taken = csr_read(CSR_MCYCLE) - start;
	witness_take_code(&after);
	witness_take(&after, MODULE_ROGUE, stack);

	/* A copy, as the work below could fault too. */
	const struct fault fault = *fault_last(0);
	bool trapped = fault_count() == faults + 1 && fault.cause < FAULT_MISUSE;
	if (trapped) {
		fault_print(&fault);
	} else {
		console_print("%s", result < 0 ? "refused by the kernel's service" : "NOT STOPPED");
	}
	const char *damaged = witness_compare(&before, &after);
	const char *broken = broken_part();
	console_print("\n     ");
	if (trapped && plan->lead) {
		static uint32_t first;
		uint32_t latency = fault.cycle - fault.t6 - prologue + 1 - plan->lead;
		console_print("handler after %u cycles; ", latency);
		first = first ? first : latency;
		total.uneven += latency != first;
	}
	if (result == -ETIMEDOUT) {
		console_print("processor back after %u cycles of %u; ", taken, module_table[MODULE_ROGUE].budget);
	}
	console_print("caller got %s (%d); %s%s; %s%s; escapes %u\n", error_name(result), (int)result,
		      damaged ? "DAMAGED: " : "memory intact", damaged ? damaged : "", broken ? "BROKEN: " : "others work",
		      broken ? broken : "", REGISTER(MONITOR_ESCAPES));
	total.done++;
	total.stopped += trapped || result < 0;
	total.damaged += damaged != NULL;
	total.broken += broken != NULL;
}

static void print_modules(void)
{
	uint32_t config = csr_read(CSR_PD_CONFIG);

	console_print("Paddock kernel: %u modules; the core has %u ids and %u frames\n", module_count - 1,
		      csr_field(config, PD_CONFIG_MODULES), csr_field(config, PD_CONFIG_FRAMES));
	for (uint32_t id = 1; id < module_count; id++) {
		const struct module_info *info = &module_table[id];
		console_print("  id %u  arena %x-%x  device ", id, info->arena.lower, info->arena.upper);
		if (info->device.lower < info->device.upper) {
			console_print("%x-%x", info->device.lower, info->device.upper);
		} else {
			console_print("none             ");
		}
		console_print("  %s\n", info->name);
	}
}

static void measure(void)
{
	uint32_t ids = csr_field(csr_read(CSR_PD_CONFIG), PD_CONFIG_MODULES);
	uint32_t gate[2];

	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	/* The last id is lent to a module that does nothing but look at the clock. */
	csr_write(CSR_PD_SELECT, ids - 1);
	csr_write(CSR_PD_ENTRY, (uintptr_t)measure_target);
	csr_write(CSR_PD_FLAGS, PD_FLAGS_VALID_MASK);
	csr_write(CSR_PD_SELECT, 0);
	measure_gate(ids - 1, gate);
	csr_write(CSR_PD_SELECT, ids - 1);
	csr_write(CSR_PD_FLAGS, 0);
	csr_write(CSR_PD_SELECT, 0);
	uint32_t jalr = measure_jalr();
	prologue = measure_prologue();
	uint32_t start = csr_read(CSR_MCYCLE);
	store_sum(NULL, 0);
	uint32_t call = csr_read(CSR_MCYCLE) - start;
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	console_print("cycles: jalr %u, pd.enter %u, pd.leave %u, whole call of a module and back %u\n", jalr, gate[0],
		      gate[1], call);
}

int image_main(void)
{
	print_modules();
	measure();
	witness_take_code(&at_start);
	lent = kmalloc(LENT_BYTES);
	counter_start(1000000);
	const char *broken = broken_part();
	store_block = module_table[MODULE_STORE].data.upper;
	console_print("honest work: %s\n\n", broken ? broken : "led, counter and store do theirs");
	for (unsigned index = 0; index < sizeof plans / sizeof plans[0]; index++) {
		run(&plans[index]);
	}
	console_print("\nmisdeeds %u, stopped %u, with damage %u, with a module broken %u, faults %u\n", total.done,
		      total.stopped, total.damaged, total.broken, fault_count());
	console_print("monitor: escapes %u, accesses of modules watched %u\n", REGISTER(MONITOR_ESCAPES),
		      REGISTER(MONITOR_CHECKED));
	console_print("kernel alive after %u cycles\n", csr_read(CSR_MCYCLE));
	return total.stopped != total.done || total.damaged || total.broken || total.uneven || REGISTER(MONITOR_ESCAPES);
}
