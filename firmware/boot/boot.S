# The boot ROM: takes a program over the console and starts it. The other end is boards/loader.py.
#
# A frame, all numbers 32 bits, least byte first:
#	"PDK1"  address  length  payload  CRC-32 of address, length and payload
# With bit 31 of the length set there is no payload: that many zeros are stored.
# The answer is one character:
#	K	stored; a frame of length 0 is a start: the next instruction is the one at its address
#	C	wrong CRC; what was stored is not to be trusted, the frame may be sent again
#	A	there is no RAM at that address
# A frame whose next byte does not come in about a million cycles is forgotten.
#
# There is no RAM yet that could be relied on, so everything is in registers:
#	s0: UART    s1: CRC    s2: address    s3: length    s4: number read    s5, s6: return addresses    a0: a byte

.include "isa.inc"

.equ PATIENCE, 1 << 18			# times around the loop that waits for a byte
.equ CRC_POLYNOMIAL, 0xedb88320
.equ LSR_DATA_READY, 0x01
.equ LSR_ALL_SENT, 0x40

	.section .text
	.globl _start
_start:
	la	t0, no_ram
	csrw	CSR_MTVEC, t0
	li	s0, UART_BASE
	li	s7, CRC_POLYNOMIAL
	li	t0, 3			# 8 data bits, no parity
	sb	t0, UART_LCR - UART_BASE(s0)
	li	a0, '\n'
	call	put
	li	a0, 'B'
	call	put

wait:
	lbu	t0, UART_LSR - UART_BASE(s0)
	andi	t0, t0, LSR_DATA_READY
	beqz	t0, wait
	lbu	a0, UART_RBR_THR - UART_BASE(s0)
magic:
	li	t0, 'P'
	bne	a0, t0, wait
	call	get
	li	t0, 'D'
	bne	a0, t0, magic
	call	get
	li	t0, 'K'
	bne	a0, t0, magic
	call	get
	li	t0, '1'
	bne	a0, t0, magic

	li	s1, -1
	call	get_word
	mv	s2, s4
	call	get_word
	mv	s3, s4
	mv	s8, s2			# next byte
	slli	s9, s3, 1		# end, without bit 31 of the length
	srli	s9, s9, 1
	add	s9, s2, s9
	bltz	s3, check
payload:
	beq	s8, s9, check
	call	get
	sb	a0, 0(s8)
	addi	s8, s8, 1
	j	payload
check:
	not	s10, s1
	call	get_word
	li	a0, 'C'
	bne	s4, s10, answer
	# Zeros are stored only now: the UART keeps one byte, and would lose the CRC meanwhile.
	bgez	s3, 2f
1:
	beq	s8, s9, 2f
	sb	zero, 0(s8)
	addi	s8, s8, 1
	j	1b
2:
	li	a0, 'K'
	beqz	s3, start
answer:
	call	put
	j	wait
start:
	call	put
1:
	lbu	t0, UART_LSR - UART_BASE(s0)
	andi	t0, t0, LSR_ALL_SENT
	beqz	t0, 1b
	fence.i
	jr	s2

	.balign 4
no_ram:
	# FROM: the store of a byte that is refused. The rest of the frame is read as what it is not: no frame.
	li	a0, 'A'
	j	answer

# a0: the next byte; it goes into the CRC. Returns to wait if none comes.
get:
	li	t1, PATIENCE
1:
	lbu	t0, UART_LSR - UART_BASE(s0)
	andi	t0, t0, LSR_DATA_READY
	bnez	t0, 2f
	addi	t1, t1, -1
	bnez	t1, 1b
	j	wait
2:
	lbu	a0, UART_RBR_THR - UART_BASE(s0)
	xor	s1, s1, a0
	li	t1, 8
3:
	andi	t0, s1, 1
	neg	t0, t0
	and	t0, t0, s7
	srli	s1, s1, 1
	xor	s1, s1, t0
	addi	t1, t1, -1
	bnez	t1, 3b
	ret

# s4: the next four bytes.
get_word:
	mv	s5, ra
	li	s6, 4
1:
	call	get
	srli	s4, s4, 8
	slli	a0, a0, 24
	or	s4, s4, a0
	addi	s6, s6, -1
	bnez	s6, 1b
	jr	s5

# Sends a0.
put:
	lbu	t0, UART_LSR - UART_BASE(s0)
	andi	t0, t0, LSR_ALL_SENT
	beqz	t0, put
	sb	a0, UART_RBR_THR - UART_BASE(s0)
	ret
