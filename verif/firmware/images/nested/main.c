#include "broken/broken.h"
#include "module.h"

int image_main(void)
{
	uintptr_t sp;

	__asm__("mv %0, sp" : "=r"(sp));
	/* Where the stub will put the activation. */
	struct activation *call = (struct activation *)sp - 1;
	broken_run(&call->outer, sizeof call->outer);
	return 0;
}
