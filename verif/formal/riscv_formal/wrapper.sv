// The core between riscv-formal's checkers and an environment that may do anything: every instruction word, every
// load's data, every wait state, every error, every interrupt. Only where a check asks for fairness are the waits bounded.
//
// paddock_csrs.vh, made from the table of CSRs, holds one PADDOCK_CSR.. line for every CSR under test.

module rvfi_wrapper (
	input clock,
	input reset,
	`RVFI_OUTPUTS
);
	wire        ibus_en, ibus_ready, ibus_err;
	wire [31:0] ibus_rdata;
	wire        dbus_en, dbus_ready, dbus_err;
	wire [31:0] dbus_rdata;

	symbolic_memory imem (
		.clock(clock), .reset(reset), .en(ibus_en), .ready(ibus_ready), .rdata(ibus_rdata), .err(ibus_err)
	);
	symbolic_memory dmem (
		.clock(clock), .reset(reset), .en(dbus_en), .ready(dbus_ready), .rdata(dbus_rdata), .err(dbus_err)
	);

	wire wb_stb;
	(* keep *) `rvformal_rand_reg wb_answer;
	(* keep *) `rvformal_rand_reg wb_refuse;
	(* keep *) `rvformal_rand_reg [31:0] wb_dat_r;

	(* keep *) `rvformal_rand_reg irq_software;
	(* keep *) `rvformal_rand_reg irq_timer;
	(* keep *) `rvformal_rand_reg irq_external;
	(* keep *) `rvformal_rand_reg [63:0] mtime;

	wire [31:0] insn;
	wire [4:0]  cause;
	wire        csr_valid, csr_write;
	wire [11:0] csr_number;
	wire [31:0] csr_rdata, csr_wdata;

	paddock_core core (
		.clk(clock),
		.rst(reset),
		.ibus__en(ibus_en),
		.ibus__ready(ibus_ready),
		.ibus__rdata(ibus_rdata),
		.ibus__err(ibus_err),
		.dbus__en(dbus_en),
		.dbus__ready(dbus_ready),
		.dbus__rdata(dbus_rdata),
		.dbus__err(dbus_err),
		.wb__stb(wb_stb),
		.wb__ack(wb_stb && wb_answer && !wb_refuse),
		.wb__err(wb_stb && wb_answer && wb_refuse),
		.wb__dat_r(wb_dat_r),
		.irq_software(irq_software),
		.irq_timer(irq_timer),
		.irq_external(irq_external),
		.\time (mtime),
		.rvfi__valid(rvfi_valid),
		.rvfi__order(rvfi_order),
		.rvfi__insn(insn),
		.rvfi__trap(rvfi_trap),
		.rvfi__halt(rvfi_halt),
		.rvfi__intr(rvfi_intr),
		.rvfi__mode(rvfi_mode),
		.rvfi__ixl(rvfi_ixl),
		.rvfi__rs1_addr(rvfi_rs1_addr),
		.rvfi__rs2_addr(rvfi_rs2_addr),
		.rvfi__rs1_rdata(rvfi_rs1_rdata),
		.rvfi__rs2_rdata(rvfi_rs2_rdata),
		.rvfi__rd_addr(rvfi_rd_addr),
		.rvfi__rd_wdata(rvfi_rd_wdata),
		.rvfi__pc_rdata(rvfi_pc_rdata),
		.rvfi__pc_wdata(rvfi_pc_wdata),
		.rvfi__mem_addr(rvfi_mem_addr),
		.rvfi__mem_rmask(rvfi_mem_rmask),
		.rvfi__mem_wmask(rvfi_mem_wmask),
		.rvfi__mem_rdata(rvfi_mem_rdata),
		.rvfi__mem_wdata(rvfi_mem_wdata),
		.rvfi__mem_fault(rvfi_mem_fault),
		.rvfi__mem_fault_rmask(rvfi_mem_fault_rmask),
		.rvfi__mem_fault_wmask(rvfi_mem_fault_wmask),
		.rvfi__cause(cause),
		.rvfi__csr_valid(csr_valid),
		.rvfi__csr_number(csr_number),
		.rvfi__csr_write(csr_write),
		.rvfi__csr_rdata(csr_rdata),
		.rvfi__csr_wdata(csr_wdata)
	);

	// Of a refused fetch riscv-formal wants no word; the core's trace shows what the memory had on its wires.
	wire fetch_fault = rvfi_mem_fault && !rvfi_mem_fault_rmask && !rvfi_mem_fault_wmask;
	assign rvfi_insn = fetch_fault ? 32'b0 : insn;

`define PADDOCK_ACCESS(number) (csr_valid && csr_number == number)
`define PADDOCK_CSR(name, number) \
	assign rvfi_csr_``name``_rmask = {32{`PADDOCK_ACCESS(number)}}; \
	assign rvfi_csr_``name``_wmask = {32{`PADDOCK_ACCESS(number) && csr_write}}; \
	assign rvfi_csr_``name``_rdata = csr_rdata; \
	assign rvfi_csr_``name``_wdata = csr_wdata;
`define PADDOCK_CSR_WIDE(name, low, high) \
	assign rvfi_csr_``name``_rmask = {{32{`PADDOCK_ACCESS(high)}}, {32{`PADDOCK_ACCESS(low)}}}; \
	assign rvfi_csr_``name``_wmask = {{32{`PADDOCK_ACCESS(high) && csr_write}}, {32{`PADDOCK_ACCESS(low) && csr_write}}}; \
	assign rvfi_csr_``name``_rdata = {csr_rdata, csr_rdata}; \
	assign rvfi_csr_``name``_wdata = {csr_wdata, csr_wdata};
// Exceptions write it too.
`define PADDOCK_CSR_CAUSE(name, number) \
	assign rvfi_csr_``name``_rmask = {32{`PADDOCK_ACCESS(number)}}; \
	assign rvfi_csr_``name``_wmask = {32{(`PADDOCK_ACCESS(number) && csr_write) || rvfi_trap}}; \
	assign rvfi_csr_``name``_rdata = csr_rdata; \
	assign rvfi_csr_``name``_wdata = rvfi_trap ? {27'b0, cause} : csr_wdata;
`include "paddock_csrs.vh"

`ifdef PADDOCK_NO_CSR_TRAPS
	always @* assume (!(rvfi_valid && rvfi_trap && insn[6:0] == 7'b1110011 && insn[13:12] != 0));
`endif

	// Makes a check fail if, and only if, its cycle can be reached under its assumptions.
`ifdef PADDOCK_REACHED
	reg [7:0] cycle = 0;
	always @(posedge clock) cycle <= cycle + 1;
	always @* assert (cycle != `RISCV_FORMAL_CHECK_CYCLE);
`endif

`ifdef RISCV_FORMAL_FAIRNESS
	// A device answers in its second cycle at the latest; nobody sleeps.
	reg wb_waited = 0;
	always @(posedge clock) wb_waited <= wb_stb && !wb_answer;
	always @* begin
		assume (!wb_waited || wb_answer);
		assume (!ibus_ready || ibus_rdata != 32'h1050_0073);
	end
`endif
endmodule

// Answers each request with any word, or an error, after any time; keeps the answer until the next request.
module symbolic_memory (
	input         clock,
	input         reset,
	input         en,
	output        ready,
	output [31:0] rdata,
	output        err
);
	(* keep *) `rvformal_rand_reg answer;
	(* keep *) `rvformal_rand_reg [31:0] word;
	(* keep *) `rvformal_rand_reg refuse;

	reg        due = 0;
	reg [31:0] held_word;
	reg        held_refuse;

	assign ready = !due || answer;
	assign rdata = due ? word : held_word;
	assign err   = due ? refuse : held_refuse;

	always @(posedge clock) begin
		due <= !reset && (en || (due && !answer));
		if (due && answer) begin
			held_word   <= word;
			held_refuse <= refuse;
		end
	end

`ifdef RISCV_FORMAL_FAIRNESS
	reg waited = 0;
	always @(posedge clock) waited <= due && !answer;
	always @* assume (!waited || answer);
`endif
endmodule
