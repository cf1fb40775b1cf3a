/* A block device in RAM. */
#ifndef DISK_H
#define DISK_H

#include <stddef.h>
#include <stdint.h>

#define DISK_SECTORS 32
#define DISK_SECTOR_BYTES 128

/* Read, write sector number `sector`; `size` must be that of a sector. 0 or -EINVAL. */
int disk_read(uint32_t sector, void *buffer, size_t size);
int disk_write(uint32_t sector, const void *buffer, size_t size);

#endif
