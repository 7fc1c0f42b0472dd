#pragma once
#include <sodium.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

// prctl is variadic, which Swift cannot call.
// Keeps other processes of the same user out of this one's memory, and core dumps out of programs
// that collect them; 0 when it is done, or where the system has nothing of the kind.
static inline int we_set_not_dumpable(void) {
#ifdef __linux__
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
    return 0;
#endif
}
