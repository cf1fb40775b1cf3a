# What modules execute before and after their own code. It lies in the public window, runs with the module's rights,
# and is trusted in nothing: a module that leaves it out or takes another way gets no further.

.include "isa.inc"

	.text
	.globl module_entry
module_entry:
	# FROM: pd.enter to any module; every module's entry point
	# sp: the module's stack    t0: the operation's function    a0-a5 arguments
	jalr	t0
	pd.leave sp

	.globl public.service
public.service:
	# FROM: the stubs of services and imported operations
	# a0-a5 arguments    a6 target, if it is a call    a7 service    ra: back into the module
	addi	sp, sp, -16
	sw	ra, 12(sp)
	mv	t0, sp
	pd.enter sp, zero, sp
	# a0: result    sp as before    s0-s11 kept by the kernel; everything else is lost, as after any call
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret
