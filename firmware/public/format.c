/* printf's conversions, and those functions of the family that print to memory. */

#include "format.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct conversion {
	bool left, plus, space, alternate, zeros;
	int width;
	int precision; /* negative: not given */
	int longs;     /* 2: long long; 1 and less are 32 bits here */
};

struct output {
	format_put *put;
	void *to;
	int count;
};

static void emit(struct output *out, const char *text, int length)
{
	if (length > 0) {
		out->put(out->to, text, length);
		out->count += length;
	}
}

static void fill(struct output *out, char with, int count)
{
	for (; count > 0; count--) {
		emit(out, &with, 1);
	}
}

/* `sign` and `text` behind it, in a field; zeros between them. */
static void field(struct output *out, const struct conversion *how, const char *sign, const char *text, int length, int zeros)
{
	int rest = how->width - (int)strlen(sign) - zeros - length;

	if (how->zeros && !how->left && rest > 0) {
		zeros += rest;
		rest = 0;
	}
	fill(out, ' ', how->left ? 0 : rest);
	emit(out, sign, strlen(sign));
	fill(out, '0', zeros);
	emit(out, text, length);
	fill(out, ' ', how->left ? rest : 0);
}

static void number(struct output *out, struct conversion *how, uint64_t value, const char *sign, unsigned base, bool upper)
{
	char digits[22];
	int at = sizeof digits;

	for (; value >> 32; value /= base) {
		digits[--at] = "0123456789abcdef"[value % base];
	}
	/* Most numbers fit into a register. */
	for (uint32_t low = value; low; low /= base) {
		digits[--at] = "0123456789abcdef"[low % base];
	}
	for (int index = at; upper && index < (int)sizeof digits; index++) {
		digits[index] -= digits[index] >= 'a' ? 'a' - 'A' : 0;
	}
	int length = sizeof digits - at;
	int least = how->precision < 0 ? 1 : how->precision;
	how->zeros &= how->precision < 0;
	field(out, how, sign, digits + at, length, least > length ? least - length : 0);
}

static int64_t take_signed(const struct conversion *how, va_list *arguments)
{
	int64_t value = how->longs == 2 ? va_arg(*arguments, long long) : va_arg(*arguments, int);

	return how->longs == -1 ? (short)value : how->longs == -2 ? (signed char)value : value;
}

static uint64_t take_unsigned(const struct conversion *how, va_list *arguments)
{
	uint64_t value = how->longs == 2 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned);

	return how->longs == -1 ? (unsigned short)value : how->longs == -2 ? (unsigned char)value : value;
}

static const char *read_number(const char *format, int *value, va_list *arguments)
{
	if (*format == '*') {
		*value = va_arg(*arguments, int);
		return format + 1;
	}
	for (*value = 0; *format >= '0' && *format <= '9'; format++) {
		*value = *value * 10 + *format - '0';
	}
	return format;
}

/* Everything between the percent sign and the conversion's letter, which the result points to. */
static const char *read_conversion(const char *format, struct conversion *how, va_list *arguments)
{
	*how = (struct conversion){.precision = -1};
	for (;; format++) {
		switch (*format) {
		case '-':
			how->left = true;
			continue;
		case '+':
			how->plus = true;
			continue;
		case ' ':
			how->space = true;
			continue;
		case '#':
			how->alternate = true;
			continue;
		case '0':
			how->zeros = true;
			continue;
		}
		break;
	}
	format = read_number(format, &how->width, arguments);
	if (how->width < 0) {
		how->left = true;
		how->width = -how->width;
	}
	if (*format == '.') {
		format = read_number(format + 1, &how->precision, arguments);
	}
	for (;; format++) {
		switch (*format) {
		case 'h':
			how->longs--;
			continue;
		case 'l':
			how->longs++;
			continue;
		case 'j':
			how->longs = 2;
			continue;
		case 'z':
		case 't':
			continue;
		}
		return format;
	}
}

static void text(struct output *out, struct conversion *how, const char *what)
{
	int length = 0;

	what = what ? what : "(null)";
	while ((how->precision < 0 || length < how->precision) && what[length]) {
		length++;
	}
	how->zeros = false;
	field(out, how, "", what, length, 0);
}

static void convert(struct output *out, struct conversion *how, char letter, va_list *arguments)
{
	switch (letter) {
	case 'd':
	case 'i': {
		int64_t value = take_signed(how, arguments);
		const char *sign = value < 0 ? "-" : how->plus ? "+" : how->space ? " " : "";
		number(out, how, value < 0 ? -(uint64_t)value : (uint64_t)value, sign, 10, false);
		break;
	}
	case 'u':
		number(out, how, take_unsigned(how, arguments), "", 10, false);
		break;
	case 'o':
		number(out, how, take_unsigned(how, arguments), how->alternate ? "0" : "", 8, false);
		break;
	case 'x':
	case 'X': {
		uint64_t value = take_unsigned(how, arguments);
		const char *prefix = letter == 'x' ? "0x" : "0X";
		number(out, how, value, how->alternate && value ? prefix : "", 16, letter == 'X');
		break;
	}
	case 'p':
		number(out, how, va_arg(*arguments, uintptr_t), "0x", 16, false);
		break;
	case 's':
		text(out, how, va_arg(*arguments, const char *));
		break;
	case 'c': {
		char character = va_arg(*arguments, int);
		how->zeros = false;
		field(out, how, "", &character, 1, 0);
		break;
	}
	default:
		/* '%', and what is no conversion, as it stands. */
		emit(out, &letter, 1);
	}
}

int format_text(format_put *put, void *to, const char *format, va_list arguments)
{
	struct output out = {put, to, 0};
	va_list rest;

	va_copy(rest, arguments);
	while (*format) {
		const char *plain = format;
		while (*format && *format != '%') {
			format++;
		}
		emit(&out, plain, format - plain);
		if (*format) {
			struct conversion how;
			format = read_conversion(format + 1, &how, &rest);
			if (*format) {
				convert(&out, &how, *format++, &rest);
			}
		}
	}
	va_end(rest);
	return out.count;
}

struct memory {
	char *at;
	size_t left; /* the terminating zero's place not counted */
};

static void put_memory(void *to, const char *text, size_t length)
{
	struct memory *memory = to;
	size_t part = length < memory->left ? length : memory->left;

	memcpy(memory->at, text, part);
	memory->at += part;
	memory->left -= part;
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
	struct memory memory = {buffer, size ? size - 1 : 0};
	int count = format_text(put_memory, &memory, format, arguments);

	if (size) {
		*memory.at = '\0';
	}
	return count;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int count = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return count;
}

int sprintf(char *buffer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int count = vsnprintf(buffer, SIZE_MAX / 2, format, arguments);
	va_end(arguments);
	return count;
}
