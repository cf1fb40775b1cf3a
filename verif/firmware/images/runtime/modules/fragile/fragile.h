/* Left alone when it fails. */
#ifndef FRAGILE_H
#define FRAGILE_H

/* 1; faults if asked to. */
long fragile_run(long fault);

#endif
