# Executes the code in hostile's slot: the campaign puts a jump there.

	.text
	.globl driver_run, driver_read, driver_write, driver_both
	.balign 4
	# Operations are told apart by where they begin.
driver_read:
	j	driver_run
driver_write:
	j	driver_run
driver_both:
	j	driver_run
driver_run:
	.fill 2, 4, 0
