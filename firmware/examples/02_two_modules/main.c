#include "clock/clock.h"
#include "console.h"
#include "diary/diary.h"
#include "fault.h"
#include "module.h"
#include <modules.h>

int image_main(void)
{
	const int *clocks_own = (const int *)module_table[MODULE_CLOCK].data.lower;

	diary_note(17);
	diary_note(4);
	console_print("notes: %d\n", diary_print());
	console_print("the clock's memory, read by the diary: %d\n", diary_peek(clocks_own));
	fault_print(fault_last(0));
	console_print("\n");
	return 0;
}
