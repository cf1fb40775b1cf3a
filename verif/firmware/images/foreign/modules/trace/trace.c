/*
 * trace - a small logging library
 *
 * Lines go to a sink; the last few are kept. Time stamps are 64-bit ticks.
 */
#include "trace.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define KEEP 4
#define LINE 72

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static char kept[KEEP][LINE];
static unsigned total;
static unsigned per_level[4];
static int threshold = TRACE_WARNING;
static uint64_t now;
static unsigned frequency = 1;

static void default_sink(enum trace_level level, const char *line)
{
	printf("<%s> %s\n", level_names[level], line);
}

static trace_sink_t sink = default_sink;

static const char *describe(int code)
{
	switch (code) {
	case 0: return "power on";
	case 1: return "link up";
	case 2: return "link down";
	case 3: return "buffer overrun";
	case 4: return "bad checksum";
	case 5: return "timeout";
	case 6: return "retry";
	case 7: return "calibrated";
	default: return NULL;
	}
}

void trace_printf(enum trace_level level, const char *format, ...)
{
	va_list args;
	char *line = kept[total % KEEP];
	uint64_t ms = now * 1000 / frequency;
	int used;

	per_level[level]++;
	if ((int)level > threshold)
		return;
	total++;
	used = snprintf(line, LINE, "%5llu.%03llu ", (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000));
	va_start(args, format);
	vsnprintf(line + used, LINE - used, format, args);
	va_end(args);
	sink(level, line);
}

int trace_init(int new_threshold, unsigned ticks_per_second)
{
	threshold = new_threshold;
	frequency = ticks_per_second;
	memset(per_level, 0, sizeof per_level);
	total = 0;
	return 0;
}

int trace_set_sink(trace_sink_t new_sink)
{
	sink = new_sink;
	return 0;
}

int trace_event(int level, int code, unsigned ticks_high, unsigned ticks_low)
{
	const char *text = describe(code);

	now = (uint64_t)ticks_high << 32 | ticks_low;
	if (text)
		trace_printf(level, "%s", text);
	else
		trace_printf(level, "event %#06x (%d), %-4s|%4s|", code, code, "ab", "cd");
	return total;
}

int trace_summary(void)
{
	for (unsigned i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
		printf("%-8s%3u%s", level_names[i], per_level[i], i == 3 ? "\n" : ", ");
	return (int)total;
}
