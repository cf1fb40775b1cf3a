/* Driver of the LEDs. */

#include "led/led.h"
#include <memmap.h>

struct gpio {
	uint32_t out;
	uint32_t in;
	uint32_t set;
	uint32_t clear;
};

static volatile struct gpio *const gpio = (volatile struct gpio *)GPIO_BASE;
static uint32_t shown;
static int toggles;

int led_set(uint32_t pattern)
{
	uint32_t before = shown;

	shown = pattern;
	gpio->out = pattern;
	return before;
}

int led_toggle(uint32_t mask)
{
	uint32_t on = ~shown & mask;
	uint32_t off = shown & mask;

	gpio->set = on;
	gpio->clear = off;
	shown = (shown | on) & ~off;
	return ++toggles;
}
