/* A line of output for each contract: "ok NAME" or "FAILED NAME". */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

void check(const char *name, bool holds);
/* The call stack and the list of calls are as they were at the start. */
bool clean(void);

void failures(void);
void interrupts(void);
void callbacks(void);
void threads_run(void);

#endif
