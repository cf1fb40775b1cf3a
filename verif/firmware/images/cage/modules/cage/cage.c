#include "cage/cage.h"
#include "other/other.h"
#include <isa.h>
#include <kernel.h>
#include <string.h>

static volatile unsigned char own[64];

long cage_load(uintptr_t address)
{
	(void)*(volatile unsigned char *)address;
	return 0;
}

long cage_store(uintptr_t address)
{
	*(volatile unsigned char *)address = 0xbb;
	return 0;
}

long cage_copy(uintptr_t to, uintptr_t from, size_t size)
{
	memcpy((void *)to, (const void *)from, size);
	return 0;
}

long cage_jump(uintptr_t address)
{
	((void (*)(void))address)();
	return 0;
}

long cage_do(enum privileged what)
{
	switch (what) {
	case CAGE_CSR_READ:
		csr_read(CSR_MSCRATCH);
		break;
	case CAGE_CSR_WRITE:
		csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
		break;
	case CAGE_ENTRY_WRITE:
		csr_write(CSR_PMPADDR0 + 6, UINT32_MAX);
		break;
	case CAGE_MRET:
		__asm__ volatile("mret");
		break;
	case CAGE_WFI:
		__asm__ volatile("wfi");
		break;
	}
	return 0;
}

uintptr_t cage_own(void)
{
	return (uintptr_t)own;
}

long cage_grow(void)
{
	long blocks = 0;
	volatile unsigned char *block;

	while ((block = kmalloc(48)) != NULL) {
		block[0] = block[47] = 1;
		blocks++;
	}
	return blocks;
}

static long access(uintptr_t address, long store)
{
	return store ? cage_store(address) : cage_load(address);
}

long cage_with_read(const void *buffer, size_t size, uintptr_t address, long store)
{
	(void)buffer;
	(void)size;
	return access(address, store);
}

long cage_with_both(void *buffer, size_t size, uintptr_t address, long store)
{
	(void)buffer;
	(void)size;
	return access(address, store);
}

long cage_nested(void *buffer, size_t size)
{
	volatile unsigned char *bytes = buffer;

	bytes[0] = 1;
	const long result = other_fill((void *)own, sizeof own);
	bytes[size - 1] = own[0];
	return result;
}

long cage_wait(void *buffer, size_t size)
{
	volatile unsigned char *bytes = buffer;

	while (!bytes[0]) {
		own[1]++;
	}
	own[0] = 2;
	bytes[size - 1] = own[0];
	return 0;
}
