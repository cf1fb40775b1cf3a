/* Fails again whenever it is restarted. */
#ifndef STUBBORN_H
#define STUBBORN_H

long stubborn_init(void);
/* Faults. */
long stubborn_run(void);

#endif
