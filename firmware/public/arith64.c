/* What compilers call for 64-bit integers, which take two registers here. Names and results as in GCC's libgcc. A division
 * by 0 gives what the core's own instruction gives for 32 bits: all ones, and the dividend as the rest.
 */

#include <stdint.h>

union halves {
	uint64_t whole;
	struct {
		uint32_t low, high;
	};
};

uint64_t __ashldi3(uint64_t value, int count)
{
	union halves in = {value}, out;

	if (count & 32) {
		out.low = 0;
		out.high = in.low << (count & 31);
	} else if (count == 0) {
		return value;
	} else {
		out.low = in.low << count;
		out.high = in.high << count | in.low >> (32 - count);
	}
	return out.whole;
}

uint64_t __lshrdi3(uint64_t value, int count)
{
	union halves in = {value}, out;

	if (count & 32) {
		out.high = 0;
		out.low = in.high >> (count & 31);
	} else if (count == 0) {
		return value;
	} else {
		out.high = in.high >> count;
		out.low = in.low >> count | in.high << (32 - count);
	}
	return out.whole;
}

int64_t __ashrdi3(int64_t value, int count)
{
	union halves in = {value}, out;

	if (count & 32) {
		out.high = (int32_t)in.high >> 31;
		out.low = (int32_t)in.high >> (count & 31);
	} else if (count == 0) {
		return value;
	} else {
		out.high = (int32_t)in.high >> count;
		out.low = in.low >> count | in.high << (32 - count);
	}
	return out.whole;
}

uint64_t __muldi3(uint64_t a, uint64_t b)
{
	union halves left = {a}, right = {b}, product = {(uint64_t)left.low * right.low};

	product.high += left.low * right.high + left.high * right.low;
	return product.whole;
}

/* By shifting and subtracting, from the first bit that can be in the quotient. */
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest)
{
	uint64_t quotient = 0, bit = 1;

	if ((dividend | divisor) >> 32 == 0) {
		uint32_t small = (uint32_t)dividend, by = (uint32_t)divisor;
		*rest = by ? small % by : small;
		return by ? small / by : UINT64_MAX;
	}
	if (divisor == 0) {
		*rest = dividend;
		return UINT64_MAX;
	}
	while (divisor <= dividend && !(divisor >> 63)) {
		divisor <<= 1;
		bit <<= 1;
	}
	for (; bit; bit >>= 1, divisor >>= 1) {
		if (divisor <= dividend) {
			dividend -= divisor;
			quotient |= bit;
		}
	}
	*rest = dividend;
	return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;

	return __udivmoddi4(dividend, divisor, &rest);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;

	__udivmoddi4(dividend, divisor, &rest);
	return rest;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
	uint64_t rest, quotient = __udivmoddi4(magnitude(dividend), magnitude(divisor), &rest);

	if (divisor == 0) {
		return -1;
	}
	return (dividend < 0) != (divisor < 0) ? -quotient : quotient;
}

int64_t __moddi3(int64_t dividend, int64_t divisor)
{
	uint64_t rest;

	__udivmoddi4(magnitude(dividend), magnitude(divisor), &rest);
	return dividend < 0 ? -rest : rest;
}

/* 0, 1, 2: less, equal, greater. */
int __cmpdi2(int64_t a, int64_t b)
{
	return a < b ? 0 : a == b ? 1 : 2;
}

int __ucmpdi2(uint64_t a, uint64_t b)
{
	return a < b ? 0 : a == b ? 1 : 2;
}

uint64_t __negdi2(uint64_t value)
{
	return 0 - value;
}
