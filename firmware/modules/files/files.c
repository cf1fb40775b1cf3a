/* A small file store. Sector 0 of the disk is the directory; file n of it has its own two sectors, 1 + 2 n and 2 + 2 n. */

#include "files/files.h"
#include "disk/disk.h"
#include <errno.h>
#include <string.h>

#define FILE_SECTORS (FILES_MOST_BYTES / DISK_SECTOR_BYTES)

struct directory {
	struct file files[FILES_MOST];
	uint32_t unused[2];
};

_Static_assert(sizeof(struct directory) == DISK_SECTOR_BYTES, "the directory is a sector");
_Static_assert(1 + FILES_MOST * FILE_SECTORS <= DISK_SECTORS, "the disk holds all files");

static struct directory directory;

/* Index of the file; FILES_MOST if there is none. */
static uint32_t find(uint32_t name)
{
	uint32_t index = 0;

	while (index < FILES_MOST && directory.files[index].name != name) {
		index++;
	}
	return index;
}

static int load(void)
{
	return disk_read(0, &directory, sizeof directory);
}

int files_write(uint32_t name, const void *data, size_t size)
{
	unsigned char sector[DISK_SECTOR_BYTES];
	int result = load();

	if (result != 0 || name == 0 || size > FILES_MOST_BYTES) {
		return result ? result : -EINVAL;
	}
	uint32_t index = find(name);
	if (index == FILES_MOST) {
		index = find(0);
	}
	if (index == FILES_MOST) {
		return -ENOMEM;
	}
	for (uint32_t part = 0; part < FILE_SECTORS && result == 0; part++) {
		const size_t from = part * DISK_SECTOR_BYTES;
		const size_t left = size > from ? size - from : 0;
		memset(sector, 0, sizeof sector);
		memcpy(sector, (const unsigned char *)data + from, left < sizeof sector ? left : sizeof sector);
		result = disk_write(1 + index * FILE_SECTORS + part, sector, sizeof sector);
	}
	directory.files[index] = (struct file){name, size};
	return result ? result : disk_write(0, &directory, sizeof directory);
}

int files_read(uint32_t name, void *buffer, size_t size)
{
	unsigned char sector[DISK_SECTOR_BYTES];
	int result = load();

	if (result != 0) {
		return result;
	}
	const uint32_t index = name ? find(name) : FILES_MOST;
	if (index == FILES_MOST) {
		return -ENOENT;
	}
	const size_t bytes = directory.files[index].size;
	if (size < bytes) {
		return -EINVAL;
	}
	for (size_t from = 0; from < bytes; from += DISK_SECTOR_BYTES) {
		const size_t left = bytes - from;
		result = disk_read(1 + index * FILE_SECTORS + from / DISK_SECTOR_BYTES, sector, sizeof sector);
		if (result != 0) {
			return result;
		}
		memcpy((unsigned char *)buffer + from, sector, left < sizeof sector ? left : sizeof sector);
	}
	return bytes;
}

int files_list(struct file *files, size_t bytes)
{
	int count = 0;
	int result = load();

	if (result != 0) {
		return result;
	}
	for (uint32_t index = 0; index < FILES_MOST && (count + 1) * sizeof *files <= bytes; index++) {
		if (directory.files[index].name) {
			files[count++] = directory.files[index];
		}
	}
	return count;
}
