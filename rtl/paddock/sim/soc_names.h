// Where the SoC's ports and memory are in the Verilated model: the only file to change when they move.
#pragma once

#define SOC_TX uart_tx
#define SOC_RX uart_rx
#define SOC_FINISH finish_done
#define SOC_FINISH_CODE finish_code
#define SOC_RVFI(name) rvfi___05F##name
#define SOC_RAM(soc) ((soc).rootp->sim__DOT__soc__DOT__ram__DOT__mem)
#if SOC_HAS_MONITOR
#define SOC_ESCAPES(soc) ((soc).escapes)
#else
#define SOC_ESCAPES(soc) 0
#endif
