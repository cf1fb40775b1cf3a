#include "console.h"
#include "hello/hello.h"

int image_main(void)
{
	hello_greet(0);
	console_print("greetings: %d\n", hello_greet(1));
	return 0;
}
