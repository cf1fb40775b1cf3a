/* The console: a polled 16550. */

#include "console.h"
#include <memmap.h>
#include <stdarg.h>
#include <stdint.h>

#define REGISTER(address) (*(volatile uint8_t *)(address))
#define LCR_8N1 0x03
#define FCR_ENABLE_AND_CLEAR 0x07
#define LSR_HOLDING_EMPTY 0x20
#define LSR_ALL_SENT 0x40

void console_start(void)
{
	/* The speed stays as it is after reset: it depends on the board's clock. */
	REGISTER(UART_LCR) = LCR_8N1;
	REGISTER(UART_IER) = 0;
	REGISTER(UART_IIR_FCR) = FCR_ENABLE_AND_CLEAR;
}

static void put(char character)
{
	while (!(REGISTER(UART_LSR) & LSR_HOLDING_EMPTY)) {
	}
	REGISTER(UART_RBR_THR) = character;
}

/* As the service of the same name, for the kernel's own text. */
int console_write(const char *text, size_t length)
{
	while (length--) {
		put(*text++);
	}
	return 0;
}

static void put_decimal(uint32_t value)
{
	char digits[10];
	int count = 0;

	do {
		digits[count++] = '0' + value % 10;
		value /= 10;
	} while (value);
	while (count) {
		put(digits[--count]);
	}
}

static void put_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4) {
		put("0123456789abcdef"[value >> shift & 15]);
	}
}

static void print(const char *format, va_list arguments)
{
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		switch (*++format) {
		case 's': {
			const char *text = va_arg(arguments, const char *);
			while (*text) {
				put(*text++);
			}
			break;
		}
		case 'c':
			put(va_arg(arguments, int));
			break;
		case 'u':
			put_decimal(va_arg(arguments, uint32_t));
			break;
		case 'd': {
			int32_t value = va_arg(arguments, int32_t);
			if (value < 0) {
				put('-');
			}
			put_decimal(value < 0 ? -(uint32_t)value : (uint32_t)value);
			break;
		}
		case 'x':
			put_hex(va_arg(arguments, uint32_t));
			break;
		default:
			put(*format);
		}
	}
}

void console_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}

void panic(const char *format, ...)
{
	va_list arguments;

	console_print("\nkernel panic: ");
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
	console_print("\n");
	finish(1);
}

void finish(unsigned code)
{
	while (!(REGISTER(UART_LSR) & LSR_ALL_SENT)) {
	}
	*(volatile uint32_t *)FINISHER_FINISH = code ? code << 16 | 0x3333 : 0x5555;
	for (;;) {
	}
}
