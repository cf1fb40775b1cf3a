#include "console.h"
#include "fault.h"
#include "module.h"
#include "parser/parser.h"
#include <modules.h>
#include <string.h>

static void feed(const char *text)
{
	const uint32_t faults = fault_count();
	int result = parser_feed(text, strlen(text));

	console_print("%s: %d\n", text, result);
	if (fault_count() > faults) {
		fault_print(fault_last(0));
		console_print("\n");
	}
}

int image_main(void)
{
	feed("a=5");
	feed("no number");
	feed("=7");
	console_print("the total is still %d, and %u blocks are lost\n", parser_total(),
		      module_table[MODULE_PARSER].heap->blocks);
	feed("x=1");
	module_load(MODULE_PARSER);
	console_print("restarted: total %d, blocks %u\n", parser_total(), module_table[MODULE_PARSER].heap->blocks);
	feed("a=5");
	return 0;
}
