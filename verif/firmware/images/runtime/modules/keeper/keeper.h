/* Keeps what others would lose; is told of restarts. */
#ifndef KEEPER_H
#define KEEPER_H

/* How often this was called. */
long keeper_count(void);
/* Module `id` is there again. */
long keeper_told(long id);
/* How often it was told, and of whom last: count << 8 | id. */
long keeper_last(void);

#endif
