/* Printing by a format, on the console. */

#include "console.h"
#include <stdarg.h>
#include <stdint.h>

static void put(char character)
{
	console_write(&character, 1);
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

void console_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		switch (*++format) {
		case 's':
			console_text(va_arg(arguments, const char *));
			break;
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
			console_hex(va_arg(arguments, uint32_t));
			break;
		default:
			put(*format);
		}
	}
	va_end(arguments);
}
