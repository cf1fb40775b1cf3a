# The campaign puts its machine code here.

	.text
	.globl hostile_run, hostile_read, hostile_write, hostile_both
	.balign 4
hostile_run:
hostile_read:
hostile_write:
hostile_both:
	.fill 512, 4, 0
