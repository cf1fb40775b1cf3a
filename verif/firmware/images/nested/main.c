#include "broken/broken.h"
#include "module.h"

int image_main(void)
{
	broken_run(&activation_current, sizeof activation_current);
	return 0;
}
