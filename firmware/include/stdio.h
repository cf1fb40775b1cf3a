/* Printing, to the console and to memory. No streams, and no floating point. */
#ifndef PADDOCK_STDIO_H
#define PADDOCK_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

int printf(const char *format, ...);
int vprintf(const char *format, va_list arguments);
int puts(const char *text);
int putchar(int character);
int snprintf(char *buffer, size_t size, const char *format, ...);
int vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
int sprintf(char *buffer, const char *format, ...);

#endif
