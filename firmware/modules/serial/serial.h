/* Driver of the serial line: a 16550. */
#ifndef SERIAL_H
#define SERIAL_H

#include <stddef.h>

/* Set up the device. 0. */
int serial_init(void);
/* Send as much of `text` as there is room for. How much. */
int serial_write(const char *text, size_t length);
/* Take what has arrived, at most `size` bytes. How many. */
int serial_read(char *buffer, size_t size);

#endif
