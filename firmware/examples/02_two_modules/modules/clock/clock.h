#ifndef CLOCK_H
#define CLOCK_H

/* Minutes since midnight; one more at every call. */
int clock_now(void);

#endif
