# Loads take the right bytes and extend them; stores change the right bytes and no other.
#include "common.inc"

.macro load name, offset, result
	\name	a0, \offset(s0)
	check	a0, \result
.endm

.macro store name, offset, value, result
	li	a1, 0x11223344
	sw	a1, 0(s1)
	li	a1, \value
	\name	a1, \offset(s1)
	lw	a0, 0(s1)
	check	a0, \result
.endm

begin
	la	s0, source
	load	lw, 0, 0x8070f00f
	load	lb, 0, 0x0f
	load	lb, 1, 0xfffffff0
	load	lb, 2, 0x70
	load	lb, 3, 0xffffff80
	load	lbu, 0, 0x0f
	load	lbu, 1, 0xf0
	load	lbu, 3, 0x80
	load	lh, 0, 0xfffff00f
	load	lh, 2, 0xffff8070
	load	lhu, 0, 0xf00f
	load	lhu, 2, 0x8070
	load	lw, -4, 0x01020304
	load	lb, -1, 1
	addi	s0, s0, -2047
	load	lbu, 2047, 0x0f

	la	s1, target
	store	sb, 0, 0xaaaaaaff, 0x112233ff
	store	sb, 1, 0xaaaaaaff, 0x1122ff44
	store	sb, 2, 0xaaaaaaff, 0x11ff3344
	store	sb, 3, 0xaaaaaaff, 0xff223344
	store	sh, 0, 0xaaaaabcd, 0x1122abcd
	store	sh, 2, 0xaaaaabcd, 0xabcd3344
	store	sw, 0, 0xdeadbeef, 0xdeadbeef
	lw	a0, -4(s1)
	check	a0, 0
	lw	a0, 4(s1)
	check	a0, 0

	# The same on Wishbone.
	li	s1, DEVICE + 8
	store	sb, 0, 0xaaaaaaff, 0x112233ff
	store	sb, 3, 0xaaaaaaff, 0xff223344
	store	sh, 2, 0xaaaaabcd, 0xabcd3344
	store	sw, 0, 0x8070f00f, 0x8070f00f
	mv	s0, s1
	load	lb, 3, 0xffffff80
	load	lbu, 1, 0xf0
	load	lh, 2, 0xffff8070
	pass

	.data
	.balign 4
	.word	0x01020304
source:
	.word	0x8070f00f
	.word	0
target:
	.word	0, 0
