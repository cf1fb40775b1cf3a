/* The console. */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <kernel.h>

/* Compilers differ in whether uint32_t is int or long, which is the same here; one of them checks the arguments. */
#ifdef __clang__
#define PRINTS(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTS(text, first)
#endif

/* Set up the UART. */
void console_start(void);
/* Print a text; a number, eight digits. */
void console_text(const char *text);
void console_hex(uint32_t value);
/* words/print.c: print. Conversions: %s %c %u %d %x (eight digits) %%. */
void console_print(const char *format, ...) PRINTS(1, 2);
/* Print the reason, or its beginning; and end with a failure. */
void panic_begin(const char *reason);
_Noreturn void panic(const char *reason);
/* Wait for the last character, then end the simulation: 0 is success. On a board, stop. */
_Noreturn void finish(unsigned code);

#endif
