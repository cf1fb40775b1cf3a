#ifndef SETTINGS_H
#define SETTINGS_H

/* "name = value" lines; later ones win. Number of settings, or -1. */
int settings_parse(const char *text, int length);
/* Value as a number. */
int settings_number(const char *name, int length);
/* Everything in order of names, one line, into buffer. Characters, without the end. */
int settings_list(char *buffer, int size);
int settings_forget(void);

#endif
