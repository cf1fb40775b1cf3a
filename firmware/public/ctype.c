/* Kinds of characters, as in the C locale. */

#include <ctype.h>

static int between(int low, int character, int high)
{
	return low <= character && character <= high;
}

int isdigit(int character)
{
	return between('0', character, '9');
}

int isupper(int character)
{
	return between('A', character, 'Z');
}

int islower(int character)
{
	return between('a', character, 'z');
}

int isalpha(int character)
{
	return isupper(character) || islower(character);
}

int isalnum(int character)
{
	return isalpha(character) || isdigit(character);
}

int isxdigit(int character)
{
	return isdigit(character) || between('a', character, 'f') || between('A', character, 'F');
}

int isspace(int character)
{
	return character == ' ' || between('\t', character, '\r');
}

int isprint(int character)
{
	return between(' ', character, '~');
}

int ispunct(int character)
{
	return between('!', character, '~') && !isalnum(character);
}

int iscntrl(int character)
{
	return between(0, character, 31) || character == 127;
}

int toupper(int character)
{
	return islower(character) ? character - 'a' + 'A' : character;
}

int tolower(int character)
{
	return isupper(character) ? character - 'A' + 'a' : character;
}
