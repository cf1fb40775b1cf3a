/* The end of a call that cannot go on: its caller gets -EPERM. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void abort(void)
{
	__builtin_trap();
}

void __assert_func(const char *file, int line, const char *function, const char *condition)
{
	printf("%s:%d: %s: assertion failed: %s\n", file, line, function ? function : "", condition);
	abort();
}
