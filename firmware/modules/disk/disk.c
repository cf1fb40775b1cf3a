/* A block device in RAM. */

#include "disk/disk.h"
#include <errno.h>
#include <string.h>

static unsigned char sectors[DISK_SECTORS][DISK_SECTOR_BYTES];

int disk_read(uint32_t sector, void *buffer, size_t size)
{
	if (sector >= DISK_SECTORS || size != DISK_SECTOR_BYTES) {
		return -EINVAL;
	}
	memcpy(buffer, sectors[sector], size);
	return 0;
}

int disk_write(uint32_t sector, const void *buffer, size_t size)
{
	if (sector >= DISK_SECTORS || size != DISK_SECTOR_BYTES) {
		return -EINVAL;
	}
	memcpy(sectors[sector], buffer, size);
	return 0;
}
