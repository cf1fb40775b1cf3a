/* Kinds of characters, as in the C locale. */
#ifndef PADDOCK_CTYPE_H
#define PADDOCK_CTYPE_H

int isalnum(int character);
int isalpha(int character);
int iscntrl(int character);
int isdigit(int character);
int islower(int character);
int isprint(int character);
int ispunct(int character);
int isspace(int character);
int isupper(int character);
int isxdigit(int character);
int tolower(int character);
int toupper(int character);

#endif
