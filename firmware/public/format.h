/* Formatted text, to wherever its pieces go. */
#ifndef PUBLIC_FORMAT_H
#define PUBLIC_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Takes the next `length` characters. */
typedef void format_put(void *to, const char *text, size_t length);

/* printf's conversions d i u o x X c s p %, with flags, width, precision and length; none for floating point. Characters
 * made.
 */
int format_text(format_put *put, void *to, const char *format, va_list arguments);

#endif
