/* Shared by threads. */
#ifndef LEFT_H
#define LEFT_H

/* Work for some time; negative if another thread was here meanwhile. */
long left_work(long turns);
/* 0. */
long left_touch(void);
/* Work for some time, then call the other module; what that says. */
long left_cross(long turns);
/* Fill all registers with what follows from `seed`, and look at them, so many times; 0 if they keep. */
long left_keep(long seed, long turns);

#endif
