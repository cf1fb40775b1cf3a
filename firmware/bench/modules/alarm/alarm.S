.include "isa.inc"

	.text
handler:
	.globl handler
	# void handler(uint32_t line)
	rdcycle	t0
	la	t1, arrived
	sw	t0, 0(t1)
	li	t1, TIMER_BASE
	sw	zero, TIMER_CONTROL - TIMER_BASE(t1)
	li	t0, 1
	sw	t0, TIMER_STATUS - TIMER_BASE(t1)
	ret

	.globl alarm_set
alarm_set:
	la	t1, arrived
	sw	zero, 0(t1)
	li	t1, TIMER_BASE
	li	t0, 1
	sw	zero, TIMER_CONTROL - TIMER_BASE(t1)
	sw	t0, TIMER_STATUS - TIMER_BASE(t1)
	sw	a0, TIMER_RELOAD - TIMER_BASE(t1)
	li	t0, 3
	sw	t0, TIMER_CONTROL - TIMER_BASE(t1)
	fence
	lw	t2, TIMER_STATUS - TIMER_BASE(t1)
	mv	t2, t2
	rdcycle	t0
	lw	t2, TIMER_COUNT - TIMER_BASE(t1)
	add	a0, t0, t2
	ret

	.globl alarm_arrived
alarm_arrived:
	la	t1, arrived
	lw	a0, 0(t1)
	ret

	.bss
	.balign 4
arrived:
	.skip 4
