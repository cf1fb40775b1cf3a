/* printf and its relatives: to the console, through the kernel's service, in pieces of a line's part. */

#include "format.h"
#include <kernel.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PIECE 32

struct piece {
	char text[PIECE];
	size_t length;
};

static void flush(struct piece *piece)
{
	if (piece->length) {
		console_write(piece->text, piece->length);
		piece->length = 0;
	}
}

static void put_console(void *to, const char *text, size_t length)
{
	struct piece *piece = to;

	while (length--) {
		piece->text[piece->length++] = *text++;
		if (piece->length == PIECE) {
			flush(piece);
		}
	}
}

int vprintf(const char *format, va_list arguments)
{
	struct piece piece;

	piece.length = 0;
	int count = format_text(put_console, &piece, format, arguments);
	flush(&piece);
	return count;
}

int printf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int count = vprintf(format, arguments);
	va_end(arguments);
	return count;
}

int puts(const char *text)
{
	return console_write(text, strlen(text)) == 0 ? putchar('\n') : EOF;
}

int putchar(int character)
{
	char text = character;

	return console_write(&text, 1) == 0 ? (unsigned char)text : EOF;
}
