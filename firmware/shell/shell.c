/* A monitor on the serial line: look at the modules, break one, bring it back. */

#include "arena.h"
#include "console.h"
#include "csr.h"
#include "fault.h"
#include "files/files.h"
#include "led/led.h"
#include "module.h"
#include "rogue/rogue.h"
#include "serial/serial.h"
#include "thread.h"
#include <errno.h>
#include <memmap.h>
#include <modules.h>
#include <string.h>

#define LINE_BYTES 64

static char line[LINE_BYTES];

/* What one word of the line means. */
struct command {
	const char *name;
	const char *meaning;
	void (*run)(const char *first, const char *second);
};

static int equal(const char *left, const char *right)
{
	return strlen(left) == strlen(right) && memcmp(left, right, strlen(left)) == 0;
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;

	while (*text >= '0' && *text <= '9') {
		value = value * 10 + *text++ - '0';
	}
	return value;
}

/* Id of the module of this name; 0: there is none. */
static uint32_t find(const char *name)
{
	uint32_t id = module_count;

	while (--id > 0 && !equal(module_table[id].name, name)) {
	}
	return id;
}

static void show_modules(const char *first, const char *second)
{
	static const char *const conditions[] = {"ready", "failed", "starting", "quarantined"};

	(void)first, (void)second;
	for (uint32_t id = 1; id < module_count; id++) {
		const struct module_info *info = &module_table[id];
		const struct module_state *state = &module_states[id];
		console_print("%u  %x-%x  %s, faults %u, restarts %u of %u  %s\n", id, info->arena.lower,
			      info->arena.upper, conditions[state->condition], state->faults, state->restarts,
			      info->retries, info->name);
	}
}

static void show_faults(const char *first, const char *second)
{
	(void)first, (void)second;
	console_print("%u faults\n", fault_count());
	for (uint32_t back = 0; back < FAULTS_KEPT && fault_last(back)->number; back++) {
		const struct fault *fault = fault_last(back);
		console_print("[%u] cycle %u: ", fault->number, fault->cycle);
		fault_print(fault);
		for (uint32_t index = 0; index < FAULT_CALLERS && fault->callers[index]; index++) {
			console_print(", called by %s", module_table[fault->callers[index] & TARGET_ID_MASK].name);
		}
		console_print("\n");
	}
}

static void show_memory(const char *first, const char *second)
{
	(void)first, (void)second;
	for (uint32_t id = 1; id < module_count; id++) {
		const struct module_info *info = &module_table[id];
		const struct range arena = arena_window(id);
		const struct heap *heap = info->heap;
		console_print("%s: arena %u bytes, stack %u, data %u", info->name, arena.upper - arena.lower,
			      info->stack.upper - info->stack.lower, info->data.upper - info->data.lower);
		console_print(", heap %u of %u used, %u at most, in %u blocks, %u refused, %u bad frees\n",
			      heap->used << heap->shift, heap->granules << heap->shift, heap->peak << heap->shift,
			      heap->blocks, heap->failures, module_states[id].misuses);
	}
}

static void restart(const char *first, const char *second)
{
	uint32_t id = find(first);

	(void)second;
	console_print("%s\n", id ? error_name(module_revive(id)) : "no such module");
}

static void poke(const char *first, const char *second)
{
	if (!equal(first, "rogue")) {
		console_print("poke rogue N: it commits misdeed N, aimed at address 0\n");
		return;
	}
	const uint32_t before = fault_count();
	long result = rogue_do(number(second), 0);
	if (fault_count() != before) {
		fault_print(fault_last(0));
		console_print("\n");
	}
	console_print("rogue says %s (%d)\n", error_name(result), (int)result);
}

static void bench(const char *first, const char *second)
{
	(void)first, (void)second;
	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	uint32_t start = csr_read(CSR_MCYCLE);
	led_set(0);
	uint32_t end = csr_read(CSR_MCYCLE);
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	console_print("a call of led and back: %u cycles; all of them: make bench\n", end - start - 1);
}

static void put_file(const char *first, const char *second)
{
	console_print("%s\n", error_name(files_write(number(first), second, strlen(second))));
}

static void get_file(const char *first, const char *second)
{
	static char text[FILES_MOST_BYTES];
	int size = files_read(number(first), text, sizeof text);

	(void)second;
	if (size < 0) {
		console_print("%s\n", error_name(size));
		return;
	}
	console_write(text, size);
	console_print("\n");
}

static void help(const char *first, const char *second);

static const struct command commands[] = {
	{"modules", "how each of them is", show_modules},
	{"faults", "the last ones", show_faults},
	{"mem", "memory of the modules", show_memory},
	{"restart", "NAME: bring a module back", restart},
	{"poke", "rogue N: have it commit misdeed N", poke},
	{"bench", "what a call costs", bench},
	{"put", "N WORD: write file N", put_file},
	{"get", "N: read file N", get_file},
	{"help", "this list", help},
};

static void help(const char *first, const char *second)
{
	(void)first, (void)second;
	for (unsigned index = 0; index < sizeof commands / sizeof commands[0]; index++) {
		console_print("%s  %s\n", commands[index].name, commands[index].meaning);
	}
	console_print("exit  end\n");
}

static void say(const char *text, size_t length)
{
	while (length > 0) {
		int sent = serial_write(text, length);
		if (sent < 0) {
			return;
		}
		text += sent;
		length -= sent;
		if (length > 0) {
			thread_sleep(1);
		}
	}
}

/* The next line, as it is typed. */
static void read_line(void)
{
	size_t length = 0;

	say("> ", 2);
	for (;;) {
		char byte;
		if (serial_read(&byte, 1) != 1) {
			thread_sleep(1);
			continue;
		}
		if (byte == '\n' || byte == '\r') {
			say("\n", 1);
			break;
		}
		if (byte == 127 || byte == 8) {
			if (length > 0) {
				length--;
				say("\b \b", 3);
			}
		} else if (length < LINE_BYTES - 1) {
			line[length++] = byte;
			say(&byte, 1);
		}
	}
	line[length] = 0;
	/* What is printed next goes past the driver: let it finish. */
	thread_sleep(2);
}

/* Split off the first word; returns what follows. */
static char *split(char *text)
{
	while (*text && *text != ' ') {
		text++;
	}
	while (*text == ' ') {
		*text++ = 0;
	}
	return text;
}

int image_main(void)
{
	console_print("Paddock monitor; help lists the commands\n");
	for (;;) {
		read_line();
		char *first = split(line);
		char *second = split(first);
		split(second);
		if (equal(line, "exit")) {
			return 0;
		}
		unsigned index = 0;
		while (index < sizeof commands / sizeof commands[0] && !equal(line, commands[index].name)) {
			index++;
		}
		if (index < sizeof commands / sizeof commands[0]) {
			commands[index].run(first, second);
		} else if (line[0]) {
			console_print("no such command: %s\n", line);
		}
	}
}
