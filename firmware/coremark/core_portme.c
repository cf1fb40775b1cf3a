/* CoreMark's port to Paddock: seeds of the performance run, time from the cycle counter, text on the UART.
 *
 * All of it also runs inside a module's windows: `cycle` is open to modules, and the UART is the module's device.
 */
#include "coremark.h"

#include <stdarg.h>

#include "isa.h"
#include "memmap.h"

#define UART(name) (*(volatile unsigned char *)UART_##name)
#define LCR_8N1 0x03
#define LCR_DIVISOR 0x80
#define LSR_HOLDING_EMPTY 0x20
#define LSR_ALL_SENT 0x40

volatile ee_s32 seed1_volatile = 0;
volatile ee_s32 seed2_volatile = 0;
volatile ee_s32 seed3_volatile = 0x66;
volatile ee_s32 seed4_volatile = ITERATIONS;
volatile ee_s32 seed5_volatile = 0;

ee_u32 default_num_contexts = 1;

static CORE_TICKS started, stopped;

void start_time(void)
{
	started = csr_read(CSR_CYCLE);
}

void stop_time(void)
{
	stopped = csr_read(CSR_CYCLE);
}

CORE_TICKS get_time(void)
{
	return stopped - started;
}

secs_ret time_in_secs(CORE_TICKS ticks)
{
	return ticks / CLOCK_HZ;
}

void portable_init(core_portable *p, int *argc, char *argv[])
{
	(void)argc;
	(void)argv;
	UART(LCR) = LCR_DIVISOR | LCR_8N1;
	UART(RBR_THR) = 1;
	UART(IER) = 0;
	UART(LCR) = LCR_8N1;
	p->portable_id = 1;
}

void portable_fini(core_portable *p)
{
	p->portable_id = 0;
	while (!(UART(LSR) & LSR_ALL_SENT)) {
	}
}

static void put(char character)
{
	while (!(UART(LSR) & LSR_HOLDING_EMPTY)) {
	}
	UART(RBR_THR) = character;
}

static void put_number(unsigned long value, unsigned base, int width, char pad)
{
	char digits[10];
	int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (int missing = width - count; missing > 0; missing--) {
		put(pad);
	}
	while (count) {
		put(digits[--count]);
	}
}

/* What the benchmark uses: %s, %c, and %d, %u, %x with a width, a 0 before it, and `l`. */
int ee_printf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		char pad = ' ';
		int width = 0;
		if (*++format == '0') {
			pad = *format++;
		}
		for (; *format >= '0' && *format <= '9'; format++) {
			width = 10 * width + *format - '0';
		}
		if (*format == 'l') {
			format++;
		}
		switch (*format) {
		case 's':
			for (const char *text = va_arg(arguments, const char *); *text; text++) {
				put(*text);
			}
			break;
		case 'c':
			put(va_arg(arguments, int));
			break;
		case 'd': {
			long value = va_arg(arguments, long);
			if (value < 0) {
				put('-');
			}
			put_number(value < 0 ? -(unsigned long)value : (unsigned long)value, 10, width, pad);
			break;
		}
		case 'u':
			put_number(va_arg(arguments, unsigned long), 10, width, pad);
			break;
		case 'x':
			put_number(va_arg(arguments, unsigned long), 16, width, pad);
			break;
		default:
			put(*format);
		}
	}
	va_end(arguments);
	return 0;
}
