// The pins of the iCEBreaker, each in its direction.
module board (
	input clk, rx, button,
	output tx, led_g, led_r
);
	wire rx_pin, button_pin, tx_pin, led_g_pin, led_r_pin;

	assign rx_pin = rx;
	assign button_pin = button;
	assign tx = tx_pin;
	assign led_g = led_g_pin;
	assign led_r = led_r_pin;
	top fpga (
		.clk12_0__io(clk),
		.uart_0__rx__io(rx_pin),
		.uart_0__tx__io(tx_pin),
		.button_0__io(button_pin),
		.led_g_0__io(led_g_pin),
		.led_r_0__io(led_r_pin)
	);
endmodule
