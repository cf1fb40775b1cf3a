/* Shared by threads. */
#ifndef RIGHT_H
#define RIGHT_H

/* Work for some time; negative if another thread was here meanwhile. */
long right_work(long turns);
/* 0. */
long right_touch(void);
/* Work for some time, then call the other module; what that says. */
long right_cross(long turns);
/* Fill all registers with what follows from `seed`, and look at them, so many times; 0 if they keep. */
long right_keep(long seed, long turns);

#endif
