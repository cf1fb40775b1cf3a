/* What compilers call for single bits and bytes of a word, which the core has no instructions for. Names and results as in
 * GCC's libgcc. No loops: a compiler could make a call of the function itself from one.
 */

#include <stdint.h>

int __popcountsi2(uint32_t value)
{
	value -= value >> 1 & 0x55555555;
	value = (value & 0x33333333) + (value >> 2 & 0x33333333);
	value = (value + (value >> 4)) & 0x0f0f0f0f;
	return value * 0x01010101 >> 24;
}

int __popcountdi2(uint64_t value)
{
	return __popcountsi2((uint32_t)value) + __popcountsi2((uint32_t)(value >> 32));
}

int __paritysi2(uint32_t value)
{
	return __popcountsi2(value) & 1;
}

int __paritydi2(uint64_t value)
{
	return __popcountdi2(value) & 1;
}

int __clzsi2(uint32_t value)
{
	value |= value >> 1;
	value |= value >> 2;
	value |= value >> 4;
	value |= value >> 8;
	value |= value >> 16;
	return __popcountsi2(~value);
}

int __clzdi2(uint64_t value)
{
	uint32_t high = (uint32_t)(value >> 32);

	return high ? __clzsi2(high) : 32 + __clzsi2((uint32_t)value);
}

int __ctzsi2(uint32_t value)
{
	return __popcountsi2(~value & (value - 1));
}

int __ctzdi2(uint64_t value)
{
	uint32_t low = (uint32_t)value;

	return low ? __ctzsi2(low) : 32 + __ctzsi2((uint32_t)(value >> 32));
}

/* Position of the lowest bit, counted from 1; 0 if there is none. */
int __ffssi2(uint32_t value)
{
	return value ? __ctzsi2(value) + 1 : 0;
}

int __ffsdi2(uint64_t value)
{
	return value ? __ctzdi2(value) + 1 : 0;
}

uint32_t __bswapsi2(uint32_t value)
{
	value = (value >> 8 & 0x00ff00ff) | (value & 0x00ff00ff) << 8;
	return value >> 16 | value << 16;
}

uint64_t __bswapdi2(uint64_t value)
{
	return (uint64_t)__bswapsi2((uint32_t)value) << 32 | __bswapsi2((uint32_t)(value >> 32));
}
