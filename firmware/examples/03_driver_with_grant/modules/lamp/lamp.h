#ifndef LAMP_H
#define LAMP_H

#include <stddef.h>

/* Show these patterns, one after the other. How many. */
int lamp_show(const unsigned char *patterns, size_t count);
/* Copy the last patterns shown, oldest first. How many. */
int lamp_history(unsigned char *buffer, size_t size);
/* A bug: writes into what it was only to read. */
int lamp_spoil(const unsigned char *patterns, size_t count);

#endif
