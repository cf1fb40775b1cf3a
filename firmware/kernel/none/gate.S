# The kernel without protection: operations and services are called by their names, which the linker gives them. Takes the
# place of ../gate.S.

	.text
	.globl gate_interrupt
gate_interrupt:
	# long gate_interrupt(line, function, target)
	jr	a1

	.globl gate_launch
gate_launch:
	# long gate_launch(a0, a1, function, target, slice)
	jr	a2

	# Nobody comes this way; the tables have places for it.
	.globl service_entry, service_module_call
	.equ	service_entry, 0
	.equ	service_module_call, 0
