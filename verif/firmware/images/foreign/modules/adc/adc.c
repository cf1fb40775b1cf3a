/* Driver for a simple multi-channel converter behind a port of pins. */

#include "adc.h"

#define PORT_BASE 0x10010000UL
#define CHANNELS 6

typedef unsigned int u32;
typedef long long s64;

struct port_regs {
	volatile u32 out, in, set, clear;
};

struct channel;

struct channel_ops {
	const char *name;
	int (*sample)(struct channel *ch);
	int (*convert)(struct channel *ch, int raw);
};

struct channel {
	const struct channel_ops *ops;
	int gain, offset;
	u32 reads;
	struct channel *next;
};

#define regs ((struct port_regs *)PORT_BASE)

static int sample_pin(struct channel *ch)
{
	u32 bit = 1u << (ch->reads % 4);

	regs->set = bit;
	regs->clear = ~bit & 15u;
	return (int)(regs->out * 100 + ch->reads);
}

static int sample_fixed(struct channel *ch)
{
	return 1234 + (int)ch->reads;
}

/* gain in thousandths; the product needs 64 bits */
static int convert_linear(struct channel *ch, int raw)
{
	return (int)((s64)raw * 1000003LL * ch->gain / 1000000000LL) + ch->offset;
}

static int convert_table(struct channel *ch, int raw)
{
	static const short steps[] = {0, 7, 29, 65, 114, 176, 250, 334, 428, 531, 641, 757};

	(void)ch;
	return steps[raw % (int)(sizeof steps / sizeof steps[0])];
}

static const struct channel_ops pin_ops = {"pin", sample_pin, convert_linear};
static const struct channel_ops fixed_ops = {"fixed", sample_fixed, convert_linear};
static const struct channel_ops table_ops = {"table", sample_fixed, convert_table};

static struct channel channels[CHANNELS] = {
	[0] = {.ops = &pin_ops, .gain = 1000},
	[1] = {.ops = &fixed_ops, .gain = 2500, .offset = -10},
	[2] = {.ops = &table_ops, .gain = 1000},
	[5] = {.ops = &fixed_ops, .gain = -1000},
};
static struct channel *list;

int adc_open(int mode)
{
	list = 0;
	for (int i = CHANNELS - 1; i >= 0; i--) {
		if (!channels[i].ops)
			continue;
		channels[i].next = list;
		list = &channels[i];
	}
	switch (mode) {
	case 0: channels[0].offset = 0; break;
	case 1: channels[0].offset = 5; break;
	case 2: channels[0].offset = 17; channels[1].gain = 1; break;
	case 3: channels[0].gain = 999; break;
	case 4: channels[5].gain++; break;
	case 5: channels[5].offset--; break;
	default: return -1;
	}
	return mode;
}

/* note: does not check whether the channel exists */
int adc_read(int channel)
{
	struct channel *ch = &channels[channel];
	int raw = ch->ops->sample(ch);

	ch->reads++;
	return ch->ops->convert(ch, raw);
}

int adc_each(void)
{
	int sum = 0;

	for (struct channel *ch = list; ch; ch = ch->next)
		sum += ch->ops->convert(ch, ch->ops->sample(ch));
	return sum;
}

int adc_gain(int channel, int millis)
{
	channels[channel].gain = millis;
	return 0;
}

unsigned adc_port(void)
{
	return regs->out;
}
