// A library to be preloaded: the clocks of one process go at another rate, and the one on the wall shows another time and
// steps on command.
//
// AIOPS_CLOCK_RATE: how fast every clock goes from the start of the process, 2 is twice as fast. AIOPS_CLOCK_OFFSET: a file
// of eight bytes, the seconds that the wall clock is ahead; it is mapped, so that a change is a step.
//
// What is set by these clocks with a timerfd ends when they say so (Swift's sleeps, and our event loops); waits that name a
// duration alone (poll, epoll_wait, nanosleep) are left as they are.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CLOCKS = 16, TIMERS = 4096 };
static const int64_t second = 1000000000;
static double rate = 1;
static const volatile int64_t *offset;
static int64_t start[CLOCKS];
static volatile int clock_of[TIMERS];

static int64_t real(clockid_t id) {
    struct timespec now;
    syscall(SYS_clock_gettime, id, &now);
    return now.tv_sec * second + now.tv_nsec;
}

static int64_t ahead(clockid_t id) {
    return offset && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) ? *offset * second : 0;
}

static int is_ours(clockid_t id) {
    return id >= 0 && id < CLOCKS && id != CLOCK_PROCESS_CPUTIME_ID && id != CLOCK_THREAD_CPUTIME_ID && start[id];
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("AIOPS_CLOCK_RATE"), *path = getenv("AIOPS_CLOCK_OFFSET");
    if (text) rate = atof(text);
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (map != MAP_FAILED) offset = map;
    for (clockid_t id = 0; id < CLOCKS; id++) start[id] = real(id);
}

int clock_gettime(clockid_t id, struct timespec *now) {
    if (!is_ours(id)) return syscall(SYS_clock_gettime, id, now);
    int64_t shown = start[id] + (int64_t)((real(id) - start[id]) * rate) + ahead(id);
    now->tv_sec = shown / second;
    now->tv_nsec = shown % second;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec shown;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &shown);
    now->tv_sec = shown.tv_sec;
    now->tv_usec = shown.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec shown;
    clock_gettime(CLOCK_REALTIME, &shown);
    if (result) *result = shown.tv_sec;
    return shown.tv_sec;
}

int timerfd_create(clockid_t id, int flags) {
    int timer = syscall(SYS_timerfd_create, id, flags);
    if (timer >= 0 && timer < TIMERS) clock_of[timer] = id;
    return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *when, struct itimerspec *before) {
    struct itimerspec really = *when;
    int64_t value = when->it_value.tv_sec * second + when->it_value.tv_nsec;
    if (value != 0 && timer < TIMERS && is_ours(clock_of[timer])) {
        clockid_t id = clock_of[timer];
        if (flags & TFD_TIMER_ABSTIME)
            value = start[id] + (int64_t)((value - ahead(id) - start[id]) / rate);
        else
            value = (int64_t)(value / rate);
        // A time that has passed, even before there were any, is one that is due; 0 would be never.
        if (value < 1) value = 1;
        really.it_value.tv_sec = value / second;
        really.it_value.tv_nsec = value % second;
    }
    return syscall(SYS_timerfd_settime, timer, flags, &really, before);
}
