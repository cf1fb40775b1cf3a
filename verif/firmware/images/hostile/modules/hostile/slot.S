# The campaign puts its machine code here.

	.text
	.globl hostile_run, hostile_read, hostile_write, hostile_both
	.balign 4
	# Operations are told apart by where they begin.
hostile_read:
	j	hostile_run
hostile_write:
	j	hostile_run
hostile_both:
	j	hostile_run
hostile_run:
	.fill 512, 4, 0
