#include "grower/grower.h"
#include <kernel.h>

void *grower_alloc(size_t size)
{
	return kmalloc(size);
}

long grower_poke(volatile unsigned char *address)
{
	*address = 0x5a;
	return *address - 0x5a;
}

long grower_ask(long argument, long service)
{
	register long a0 __asm__("a0") = argument;
	register long a7 __asm__("a7") = service;

	__asm__ volatile("mv t0, sp\n\t.insn r 0x0b, 0, 0, sp, x0, sp"
			 : "+r"(a0), "+r"(a7)
			 :
			 : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3", "a4", "a5", "a6", "memory");
	return a0;
}
