/* What things cost in cycles. Built for each kind of protection that the kernel knows; what one does not have, it does
 * not measure. The host reads what is printed: rtl/paddock/fw/bench.py.
 */

#include "alarm/alarm.h"
#include "arena.h"
#include "console.h"
#include "csr.h"
#include "fault.h"
#include "files/files.h"
#include "frail/frail.h"
#include "irq.h"
#include "null/null.h"
#include "peer/peer.h"
#include "serial/serial.h"
#include "thread.h"
#include "timer.h"
#include <kernel.h>
#include <memmap.h>
#include <modules.h>
#include <string.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define REGISTER8(address) (*(volatile uint8_t *)(address))
#define ALARM_CYCLES 900
/* A character takes ten bits of 16 cycles at the highest speed. */
#define SERIAL_BYTES 64
#define SERIAL_TURNS 8000
#define MCR_LOOPBACK 0x10
#define LSR_ALL_SENT 0x40

/* measure.S */
uint32_t measure(const void *function, long a0, long a1);
uint32_t measure_bare(uint32_t id);
uint32_t measure_delay(void);
void measure_turns(uint32_t turns);
/* public/bare.S */
void bare_target(void);

static char buffer[16];
static volatile uint32_t switched;

static void show(const char *name, uint32_t cycles)
{
	console_print("bench %s %u\n", name, cycles);
}

/* One by one: mstatus.MIE does not mask them in user mode. */
static void mask(void)
{
	csr_clear(CSR_MIE, MIE_MSI_MASK | MIE_MTI_MASK | MIE_MEI_MASK);
}

static void unmask(void)
{
	csr_set(CSR_MIE, MIE_MSI_MASK | MIE_MTI_MASK | MIE_MEI_MASK);
}

/* A module that leaves at once. */
#if defined KERNEL_PMP
static void gate(void)
{
	show("gate_round_trip", measure_bare(MODULE_NULL));
}
#elif defined KERNEL_PORT
static void gate(void)
{
}
#else
static void gate(void)
{
	/* It has the last id. */
	const uint32_t id = csr_field(csr_read(CSR_PD_CONFIG), PD_CONFIG_MODULES) - 1;

	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_ENTRY, (uintptr_t)bare_target);
	csr_write(CSR_PD_FLAGS, PD_FLAGS_VALID_MASK);
	show("gate_round_trip", measure_bare(id));
	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_FLAGS, 0);
}
#endif

static void calls(void)
{
	gate();
	measure(null_run, 0, 0);
	show("call_round_trip", measure(null_run, 0, 0));
	show("call_with_grant", measure(null_lend, (long)buffer, sizeof buffer));
	peer_run();
	show("call_of_another", measure(null_run, 0, 0));
	show("nested_call", null_nested());
	show("service", null_service());
	show("allocate_free", null_allocate());
}

/* Without protection a fault is the end. */
#ifdef KERNEL_NONE
static void faults(void)
{
}
#else
static void faults(void)
{
	null_fault();
	uint32_t end = csr_read(CSR_MCYCLE);
	show("fault_to_error", end - fault_last(0)->t6 - 1);
	frail_fault();
	uint32_t again = frail_run();
	show("fault_to_restarted", again - fault_last(0)->t6 - 1);
}
#endif

/* Cycles from the timer's interrupt request to the first instruction of its handler. `sum`: see alarm_set. */
static uint32_t latency(uint32_t sum, uint32_t arrived)
{
	return arrived - (sum + measure_delay() + 1);
}

static void interrupts(void)
{
	timer_start();
	uint32_t sum = alarm_set(ALARM_CYCLES);
	thread_sleep(1);
	show("irq_to_driver", latency(sum, alarm_arrived()));
	timer_start();
	sum = alarm_set(ALARM_CYCLES);
	null_loop(1000);
	show("irq_to_driver_from_module", latency(sum, alarm_arrived()));
}

static void other(long unused)
{
	(void)unused;
	for (;;) {
		switched = csr_read(CSR_MCYCLE);
		thread_yield();
	}
}

static void threads_switch(void)
{
	static _Alignas(16) char stack[THREAD_STACK];

	thread_create("other", other, 0, stack, sizeof stack, PRIORITY_NORMAL, 2);
	timer_start();
	thread_yield();
	uint32_t start = csr_read(CSR_MCYCLE);
	thread_yield();
	show("thread_switch", switched - start);
}

/* A file of two sectors is written and read back: the store calls the disk seven times. */
static void work_of_files(void)
{
	static unsigned char data[FILES_MOST_BYTES], back[FILES_MOST_BYTES];

	for (unsigned index = 0; index < sizeof data; index++) {
		data[index] = index;
	}
	const uint32_t start = csr_read(CSR_MCYCLE);
	const int written = files_write(1, data, sizeof data);
	const int read = files_read(1, back, sizeof back);
	const uint32_t end = csr_read(CSR_MCYCLE);
	if (written != 0 || read != sizeof back || memcmp(data, back, sizeof data) != 0) {
		panic("files: not what was written");
	}
	show("files", end - start);
}

/* Bytes go out through the driver's ring, come in again as the line is looped back, and are fetched. Meanwhile the
 * kernel does what takes a known time; by how much that takes longer is what the driver has cost.
 */
static void work_of_serial(void)
{
	static char text[SERIAL_BYTES], back[SERIAL_BYTES];

	for (unsigned index = 0; index < sizeof text; index++) {
		text[index] = 'A' + index % 26;
	}
	while (!(REGISTER8(UART_LSR) & LSR_ALL_SENT)) {
	}
	const uint8_t control = REGISTER8(UART_MCR);
	const uint32_t before = irq_count(UART_IRQ);
	uint32_t start = csr_read(CSR_MCYCLE);
	measure_turns(SERIAL_TURNS);
	const uint32_t alone = csr_read(CSR_MCYCLE) - start;
	REGISTER8(UART_MCR) = control | MCR_LOOPBACK;
	csr_set(CSR_MIE, MIE_MEI_MASK);
	start = csr_read(CSR_MCYCLE);
	const int sent = serial_write(text, sizeof text);
	measure_turns(SERIAL_TURNS);
	const int received = serial_read(back, sizeof back);
	const uint32_t both = csr_read(CSR_MCYCLE) - start;
	mask();
	REGISTER8(UART_MCR) = control;
	if (sent != sizeof text || received != sizeof back || memcmp(text, back, sizeof text) != 0) {
		panic("serial: not what was sent");
	}
	show("serial", both - alone);
	console_print("count serial_interrupts %u\n", irq_count(UART_IRQ) - before);
}

int image_main(void)
{
	mask();
	calls();
	work_of_files();
	work_of_serial();
	unmask();
	timer_start();
	faults();
	interrupts();
	threads_switch();
	console_print("bench end\n");
	return 0;
}
