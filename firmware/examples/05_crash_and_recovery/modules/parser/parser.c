#include "parser/parser.h"
#include <stdlib.h>
#include <string.h>

static int total = 100;

/* Three bugs: a line without "=" is a null pointer, an empty name never ends, and a block is freed twice after "x". */
int parser_feed(const char *text, size_t length)
{
	char *line = malloc(length + 1);

	if (!line) {
		return -1;
	}
	memcpy(line, text, length);
	line[length] = '\0';
	char *value = strchr(line, '=');
	while (value == line) {
		__asm__ volatile("");
	}
	*value++ = '\0';
	total += atoi(value);
	if (*line == 'x') {
		free(line);
	}
	free(line);
	return total;
}

int parser_total(void)
{
	return total;
}
