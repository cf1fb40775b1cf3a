#ifndef DIARY_H
#define DIARY_H

/* Keep a number with the time. 0, or a negative error number. */
int diary_note(int number);
/* Print all notes. How many there are. */
int diary_print(void);
/* Look at memory that may be somebody else's. */
int diary_peek(const int *address);

#endif
