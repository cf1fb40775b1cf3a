#ifndef PARSER_H
#define PARSER_H

#include <stddef.h>

/* Take in "name=number". The sum of all numbers so far. */
int parser_feed(const char *text, size_t length);
/* The sum of all numbers so far. */
int parser_total(void);

#endif
