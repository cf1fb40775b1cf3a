#ifndef BEAT_H
#define BEAT_H

/* Beat so many times, `period` cycles apart. */
int beat_start(unsigned period, int times);
/* Beats so far. */
int beat_count(void);

#endif
