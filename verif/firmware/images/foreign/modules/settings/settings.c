#include "settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

struct setting {
	char *name;
	char *value;
	int line;
};

static struct setting *all;
static int count, room;

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct setting *)a)->name, ((const struct setting *)b)->name);
}

static struct setting *find(const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

static int put(char *name, char *value, int line)
{
	struct setting *s = find(name);

	if (s) {
		pool_free(s->value);
		pool_free(name);
		s->value = value;
		return 0;
	}
	if (count == room) {
		struct setting *more = realloc(all, (room + 4) * sizeof *all);
		if (!more)
			return -1;
		all = more;
		room += 4;
	}
	all[count++] = (struct setting){name, value, line};
	return 0;
}

int settings_parse(const char *text, int length)
{
	const char *end = text + length;

	for (int line = 1; text < end; line++) {
		const char *stop = memchr(text, '\n', end - text);
		const char *equals;
		if (!stop)
			stop = end;
		equals = memchr(text, '=', stop - text);
		if (equals && *text != '#') {
			const char *value = equals + 1, *last = equals;
			while (last > text && isspace((unsigned char)last[-1]))
				last--;
			while (value < stop && isspace((unsigned char)*value))
				value++;
			char *n = pool_copy(text, last - text), *v = pool_copy(value, stop - value);
			if (!n || !v || put(n, v, line))
				return -1;
		}
		text = stop + 1;
	}
	return count;
}

/* note: the name must be known */
int settings_number(const char *name, int length)
{
	char *copy = pool_copy(name, length);
	struct setting *s = find(copy);
	long n = strtol(s->value, NULL, 0);

	pool_free(copy);
	return n;
}

int settings_list(char *buffer, int size)
{
	int used = 0;

	qsort(all, count, sizeof *all, by_name);
	for (int i = 0; i < count; i++)
		used += snprintf(buffer + used, size - used, "%s%s=%s", i ? ";" : "", all[i].name, all[i].value);
	return used;
}

int settings_forget(void)
{
	int had = count;

	while (count) {
		count--;
		pool_free(all[count].name);
		pool_free(all[count].value);
	}
	free(all);
	all = NULL;
	room = 0;
	printf("%d blocks, %u bytes\n", pool_blocks(), pool_bytes());
	return had;
}
