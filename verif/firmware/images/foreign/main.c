/* Uses code that knows nothing of Paddock, and has it fail. */

#include "adc/adc.h"
#include "arena.h"
#include "console.h"
#include "fault.h"
#include "settings/settings.h"
#include "trace/trace.h"
#include <modules.h>
#include <string.h>

static const char text[] = "# a comment\nspeed = 0x1c2\nname=box\ndepth  = -7\nspeed = 115\nempty =\nmode=4";

static void after(const char *what, long result)
{
	console_print("%s: %s\n", what, error_name(result));
	console_print("  ");
	fault_print(fault_last(0));
	console_print("\n");
}

static void work(void)
{
	char list[100];

	trace_init(TRACE_INFO, 1000);
	trace_event(TRACE_INFO, 1, 0, 61500);
	trace_event(TRACE_DEBUG, 2, 0, 61501);
	trace_event(TRACE_ERROR, 0x1234, 5, 7);
	console_print("%d lines\n", trace_summary());
	for (int mode = 0; mode < 7; mode++) {
		console_print("mode %d:", adc_open(mode));
		for (int channel = 0; channel < 3; channel++) {
			console_print(" %d", adc_read(channel));
		}
		console_print(", all %d, port %u\n", adc_each(), adc_port());
	}
	console_print("%d settings\n", settings_parse(text, sizeof text - 1));
	memset(list, 0, sizeof list);
	console_print("%d: %s\n", settings_list(list, sizeof list), list);
	console_print("speed %d, depth %d\n", settings_number("speed", 5), settings_number("depth", 5));
}

int image_main(void)
{
	work();
	after("a channel that is not there", adc_read(3));
	trace_set_sink(0);
	after("a sink that is not there", trace_event(TRACE_ERROR, 3, 0, 1));
	after("a setting that is not there", settings_number("colour", 6));
	for (int round = 0; round < 20; round++) {
		char line[] = "x?=a value that takes some room";
		line[1] = 'a' + round;
		settings_parse(line, sizeof line - 1);
	}
	const struct range arena = arena_window(MODULE_SETTINGS);
	console_print("the arena has grown: %d\n", arena.upper > module_table[MODULE_SETTINGS].arena.upper);
	console_print("forgotten: %d\n", settings_forget());
	console_print("mode %d: %d\n", adc_open(0), adc_each());
	return 0;
}
