/* A condition that must hold: else the call ends with a line on the console and -EPERM. */
#ifndef PADDOCK_ASSERT_H
#define PADDOCK_ASSERT_H

_Noreturn void __assert_func(const char *file, int line, const char *function, const char *condition);

#endif

/* As often as it is included: NDEBUG may have changed. */
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : __assert_func(__FILE__, __LINE__, __func__, #condition))
#endif
