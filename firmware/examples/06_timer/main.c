#include "console.h"
#include "pulse/pulse.h"
#include "thread.h"
#include <errno.h>

int image_main(void)
{
	console_print("start: %d\n", pulse_start(20000, 110000));
	console_print("once more: %s\n", pulse_start(20000, 110000) == -EAGAIN ? "no timer is left" : "?");
	thread_sleep(40);
	console_print("beats: %d\n", pulse_beats());
	return 0;
}
