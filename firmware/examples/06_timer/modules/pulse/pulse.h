#ifndef PULSE_H
#define PULSE_H

#include <stdint.h>

/* A beat every `period` cycles, until `cycles` have passed. 0 or an error. */
int pulse_start(uint32_t period, uint32_t cycles);
/* Beats so far. */
int pulse_beats(void);

#endif
