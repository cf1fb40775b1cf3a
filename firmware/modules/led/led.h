/* Driver of the LEDs. */
#ifndef LED_H
#define LED_H

#include <stdint.h>

/* Show a pattern, one bit per LED. Returns the pattern shown before. */
int led_set(uint32_t pattern);
/* Turn every LED that `mask` names to its other state. Returns how often this was done since the start. */
int led_toggle(uint32_t mask);

#endif
