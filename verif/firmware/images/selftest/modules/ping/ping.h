/* Calls pong, which calls back: a module that is entered while it is active. */
#ifndef PING_H
#define PING_H

#include <stddef.h>

/* Nest `depth` calls. How deep it came; -EINVAL if a stack frame was overwritten meanwhile. */
long ping_nest(long depth);
/* Have pong fault; 1 if that came back as an error, and everything else is as it was. */
long ping_survive(void);
/* Have pong overwrite every register, and fault if asked to; 1 if all that must survive a call has. */
long ping_saved(long fault);
/* Lend pong what was lent to it, `buffer`, to be filled; what pong says. */
long ping_pass_on(void *buffer, size_t size);
/* Try to lend pong memory at `address` that was not lent to it. */
long ping_lend_foreign(char *address, size_t size);

#endif
