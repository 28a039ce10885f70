/* Preloaded into a function under valgrind: its steady clock runs a thousand times slower. What is counted takes many times
   as long there, on a slow machine longer still, and no time limit of the function is to end that. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLOWER 1000LL
#define NANOSECONDS 1000000000LL

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int result = (int)syscall(SYS_clock_gettime, clock, at);
    if (result == 0 && clock == CLOCK_MONOTONIC) {
        long long slow = (at->tv_sec * NANOSECONDS + at->tv_nsec) / SLOWER;
        at->tv_sec = slow / NANOSECONDS;
        at->tv_nsec = slow % NANOSECONDS;
    }
    return result;
}
