/* Driver of the serial line: a 16550. */

#include "serial/serial.h"
#include <memmap.h>
#include <stdint.h>

#define REGISTER(address) (*(volatile uint8_t *)(address))
#define IER_RECEIVED 0x01
#define IER_EMPTY 0x02
/* Enable and clear the receiver; it interrupts for 8 characters, or after a pause for those that are there. */
#define FCR_RECEIVE_8 0x83
#define LSR_RECEIVED 0x01
#define LSR_EMPTY 0x20
#define FIFO_BYTES 16
#define RING_BYTES 128 /* a power of two */

struct ring {
	unsigned char bytes[RING_BYTES];
	uint32_t in, out; /* count on and on */
};

static struct ring received, waiting;

int serial_init(void)
{
	REGISTER(UART_IIR_FCR) = FCR_RECEIVE_8;
	REGISTER(UART_IER) = IER_RECEIVED;
	return 0;
}

static void fill_fifo(void)
{
	for (int room = FIFO_BYTES; room > 0 && waiting.out != waiting.in; room--) {
		REGISTER(UART_RBR_THR) = waiting.bytes[waiting.out++ % RING_BYTES];
	}
	REGISTER(UART_IER) = waiting.out == waiting.in ? IER_RECEIVED : IER_RECEIVED | IER_EMPTY;
}

void serial_interrupt(uint32_t line)
{
	(void)line;
	while (REGISTER(UART_LSR) & LSR_RECEIVED) {
		unsigned char byte = REGISTER(UART_RBR_THR);
		if (received.in - received.out < RING_BYTES) {
			received.bytes[received.in++ % RING_BYTES] = byte;
		}
	}
	if (REGISTER(UART_LSR) & LSR_EMPTY) {
		fill_fifo();
	}
}

int serial_write(const char *text, size_t length)
{
	size_t taken = 0;

	/* The handler would send from the ring meanwhile. */
	REGISTER(UART_IER) = IER_RECEIVED;
	while (taken < length && waiting.in - waiting.out < RING_BYTES) {
		waiting.bytes[waiting.in++ % RING_BYTES] = text[taken++];
	}
	REGISTER(UART_IER) = IER_RECEIVED | IER_EMPTY;
	return taken;
}

int serial_read(char *buffer, size_t size)
{
	size_t taken = 0;

	while (taken < size && received.out != received.in) {
		buffer[taken++] = received.bytes[received.out++ % RING_BYTES];
	}
	return taken;
}
