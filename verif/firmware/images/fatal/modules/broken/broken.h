/* Faults. */
#ifndef BROKEN_H
#define BROKEN_H

long broken_run(void);

#endif
