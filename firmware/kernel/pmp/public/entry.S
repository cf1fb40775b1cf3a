# As ../../../public/entry.S, for user mode: what modules execute after their own code, and to ask for services.

	.text
	.globl module_entry
module_entry:
	# FROM: the operation, which was entered by mret with this as its return address. No way back but into the kernel.
	li	a7, -1
	ecall

	.globl public.service
public.service:
	# FROM: the stubs of services and imported operations
	# a0-a5 arguments    a6 target, if it is a call    a7 service    ra: back into the module, where mret goes
	ecall
