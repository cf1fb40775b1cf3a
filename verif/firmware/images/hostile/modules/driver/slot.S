# Executes the code in hostile's slot: the campaign puts a jump there.

	.text
	.globl driver_run, driver_read, driver_write, driver_both
	.balign 4
driver_run:
driver_read:
driver_write:
driver_both:
	.fill 2, 4, 0
