#include "broken/broken.h"

int image_main(void)
{
	broken_run();
	return 0;
}
