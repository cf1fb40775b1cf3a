#ifndef HELLO_H
#define HELLO_H

/* Print a greeting. How often it has greeted. */
int hello_greet(int who);

#endif
