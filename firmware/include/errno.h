/* Error numbers: a failed call returns one of them, negated. Values as in Linux. */
#ifndef PADDOCK_ERRNO_H
#define PADDOCK_ERRNO_H

#define EPERM 1       /* not permitted: an instruction or CSR that only the kernel may use */
#define ENOENT 2      /* no such thing */
#define EAGAIN 11     /* none left of what there is only so much of */
#define ENOMEM 12     /* no memory, or quota used up */
#define EACCES 13     /* refused by a gate, or by who-may-call-whom */
#define EFAULT 14     /* an address outside what the caller may touch */
#define EBUSY 16      /* in use, and the caller cannot wait */
#define ENODEV 19     /* the module has failed too often and is left alone */
#define EINVAL 22     /* a bad argument */
#define EDEADLK 35    /* two threads would wait for each other */
#define ENOSYS 38     /* no such operation or service */
#define ELOOP 40      /* calls nested too deep */
#define ETIMEDOUT 110 /* time budget used up */

#endif
