/* The console: a polled 16550. What is printed by a format is not the kernel's: words/print.c. */

#include "console.h"
#include <memmap.h>
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

void console_text(const char *text)
{
	while (*text) {
		put(*text++);
	}
}

void console_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4) {
		const uint32_t digit = value >> shift & 15;
		put(digit + (digit < 10 ? '0' : 'a' - 10));
	}
}

void panic_begin(const char *reason)
{
	console_text("\nkernel panic: ");
	console_text(reason);
}

void panic(const char *reason)
{
	panic_begin(reason);
	console_text("\n");
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
