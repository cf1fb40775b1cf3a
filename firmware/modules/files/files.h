/* A small file store. Files have numbers for names. */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>
#include <stdint.h>

#define FILES_MOST 15
#define FILES_MOST_BYTES 256

/* What `files_list` tells of a file. */
struct file {
	uint32_t name; /* 0: none */
	uint32_t size;
};

/* Write file `name`, in place of what was there. 0; -EINVAL: no such size or name; -ENOMEM: no room. */
int files_write(uint32_t name, const void *data, size_t size);
/* Read it. Its size; -ENOENT; -EINVAL: `size` is too small. */
int files_read(uint32_t name, void *buffer, size_t size);
/* Tell of all files, as many as there is room for. How many. */
int files_list(struct file *files, size_t bytes);

#endif
