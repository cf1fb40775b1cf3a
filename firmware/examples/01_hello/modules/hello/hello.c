#include "hello/hello.h"
#include <stdio.h>

static const char *const names[] = {"world", "paddock"};
static int greetings;

int hello_greet(int who)
{
	printf("hello, %s\n", names[who]);
	return ++greetings;
}
