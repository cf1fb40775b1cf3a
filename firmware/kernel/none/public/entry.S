# Without protection a module has no entry of its own.

	.text
	.globl module_entry
module_entry:
	ret
