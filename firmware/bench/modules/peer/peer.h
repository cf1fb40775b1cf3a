/* Called by null. */
#ifndef PEER_H
#define PEER_H

long peer_run(void);

#endif
