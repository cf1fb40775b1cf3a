/* trace - a small logging library */
#ifndef TRACE_H
#define TRACE_H

enum trace_level { TRACE_ERROR, TRACE_WARNING, TRACE_INFO, TRACE_DEBUG };

typedef void (*trace_sink_t)(enum trace_level level, const char *line);

int trace_init(int threshold, unsigned ticks_per_second);
int trace_set_sink(trace_sink_t sink);
int trace_event(int level, int code, unsigned ticks_high, unsigned ticks_low);
int trace_summary(void);

/* for other code of the same program */
void trace_printf(enum trace_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
