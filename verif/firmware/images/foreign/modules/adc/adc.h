/* Driver for a simple multi-channel converter behind a port of pins. */
#ifndef ADC_H
#define ADC_H

int adc_open(int mode);
int adc_read(int channel);
int adc_each(void);
int adc_gain(int channel, int millis);
unsigned adc_port(void);

#endif
