#pragma once
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

// Signals. The handler must be async-signal-safe, which no Swift code is.

static volatile int aiops_signal_descriptor = -1;

static void aiops_on_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(aiops_signal_descriptor, &byte, 1);
    (void)written;
    errno = saved;
}

static inline int aiops_catch_signal(int number, int descriptor) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = aiops_on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    aiops_signal_descriptor = descriptor;
    return sigaction(number, &action, NULL);
}

static inline void aiops_release_signal(int number) {
    signal(number, SIG_DFL);
}

// SIG_IGN is a cast in a macro, which Swift does not import.
static inline void aiops_ignore_broken_pipes(void) {
    signal(SIGPIPE, SIG_IGN);
}

// Threads. pthread's types belong to whichever C module included them first, so Swift code does not touch them.

// Starts a detached thread with every signal blocked; returns 0 or an error number.
static inline int aiops_start_thread(void *(*body)(void *), void *context) {
    sigset_t all, previous;
    pthread_attr_t attributes;
    pthread_t thread;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    code = pthread_create(&thread, &attributes, body, context);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

// Names the calling thread; the kernel keeps 15 bytes.
static inline void aiops_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

// Moves the calling thread alone into another network namespace; 0 or -1 with errno. For tests.
static inline int aiops_enter_network(int descriptor) {
    return (int)syscall(SYS_setns, descriptor, 0x40000000 /* CLONE_NEWNET */);
}

// A pipe that child processes do not inherit; 0 or -1 with errno.
static inline int aiops_pipe(int ends[2]) {
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

// epoll. Its event structure is packed, so Swift sees plain arrays instead.

static inline int aiops_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.u64 = token;
    return epoll_ctl(epoll, operation, descriptor, &event);
}

#define AIOPS_EPOLL_BATCH 64

// Returns how many of `tokens` and `events` (each of AIOPS_EPOLL_BATCH) were set, or -1 with errno.
static inline int aiops_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int milliseconds) {
    struct epoll_event batch[AIOPS_EPOLL_BATCH];
    int count = epoll_wait(epoll, batch, AIOPS_EPOLL_BATCH, milliseconds);
    for (int i = 0; i < count; i++) {
        tokens[i] = batch[i].data.u64;
        events[i] = batch[i].events;
    }
    return count;
}

static const uint32_t aiops_epoll_in = EPOLLIN;
static const uint32_t aiops_epoll_out = EPOLLOUT;
static const uint32_t aiops_epoll_error = EPOLLERR | EPOLLHUP;

static inline int aiops_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

// A socket that no child process inherits, or -1 with errno.
static inline int aiops_socket(int family, int type, int protocol) {
    return socket(family, type | SOCK_CLOEXEC, protocol);
}

// Notices a dead peer within about `user_timeout_ms`, whether or not data is in flight. Returns 0 or -1 with errno.
static inline int aiops_watch_peer(int descriptor, int idle_s, int interval_s, int user_timeout_ms) {
    int on = 1;
    unsigned int limit = (unsigned int)user_timeout_ms;
    if (setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0) return -1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s) != 0) return -1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s) != 0) return -1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

// A timer on the clock that runs on while the machine is suspended; -1 with errno.
static inline int aiops_timer(void) {
    return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

// Makes the timer readable at a time of that clock; 0 for never. Returns 0 or -1 with errno.
static inline int aiops_set_timer(int timer, int64_t seconds, int64_t nanoseconds) {
    struct itimerspec when;
    memset(&when, 0, sizeof when);
    when.it_value.tv_sec = seconds;
    when.it_value.tv_nsec = nanoseconds;
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

// Empties an eventfd or a timer.
static inline void aiops_empty(int descriptor) {
    uint64_t count;
    ssize_t got = read(descriptor, &count, sizeof count);
    (void)got;
}

// Child processes. posix_spawn cannot say what shall end a child, so this does the same with its means.

struct aiops_child {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    int streams[3];
    int last_signal;
    pid_t parent;
};

// What the child does with the memory of its parent, which waits: it calls the kernel, writes to `failure` and to this
// function's own variables, and nothing else.
static inline __attribute__((noinline, noreturn)) void aiops_become(
    const struct aiops_child *child, volatile int *failure) {
    // The kernel's struct of a signal that does what it does by default, and more: 0 in every field.
    const unsigned long by_default[8] = {0};
    sigset_t none;
    // Before any signal is let through: a handler would work on the parent's memory. Not by sigaction, which leaves glibc's
    // own two signals as whoever started us has set them.
    for (int number = 1; number < _NSIG; number++) {
        syscall(SYS_rt_sigaction, number, by_default, NULL, (size_t)(_NSIG / 8));
    }
    if (child->last_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, child->last_signal, 0, 0, 0) != 0) goto failed;
        // Nothing is sent for a parent that was gone before.
        if (getppid() != child->parent) _exit(127);
    }
    if (setpgid(0, 0) != 0) goto failed;
    if (child->directory && chdir(child->directory) != 0) goto failed;
    for (int number = 0; number < 3; number++) {
        int stream = child->streams[number];
        if (stream == number ? fcntl(stream, F_SETFD, 0) != 0 : dup2(stream, number) < 0) goto failed;
    }
    closefrom(3);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(child->path, child->arguments, child->environment);
failed:
    *failure = errno;
    _exit(127);
}

// Starts `path` in a process group of its own, with no signal blocked or ignored and no descriptor but the three given
// ones (which become 0, 1 and 2); returns 0 or an error number. The kernel sends it `last_signal`, unless that is 0, when
// the calling thread ends, and so when this process does, however that ends: the thread must stay for as long as the child.
static inline __attribute__((noinline)) int aiops_spawn(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], const char *directory, int input,
    int output, int errors, int last_signal) {
    struct aiops_child child = {
        path, arguments, environment, directory, {input, output, errors}, last_signal, getpid(),
    };
    volatile int failure = 0;
    sigset_t all, previous;
    pid_t made;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    // Copying the tables of a large process takes milliseconds, and the copy counts against the memory limit.
    made = vfork();
    if (made == 0) aiops_become(&child, &failure);
    if (made < 0) failure = errno;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (made > 0 && failure != 0) {
        while (waitpid(made, NULL, 0) == -1 && errno == EINTR) {}
    }
    *pid = made;
    return failure;
}

// A pipe that no child inherits, not even one spawned at the same moment; 0 or -1 with errno.
static inline int aiops_private_pipe(int ends[2]) {
    return (int)syscall(SYS_pipe2, ends, O_CLOEXEC);
}

// A descriptor that is readable once the process has ended; -1 with errno.
static inline int aiops_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

// Whether the child has ended, without taking its status: it stays a zombie, and its number stays its own.
static inline int aiops_has_ended(pid_t pid) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

// Takes the status of an ended child. Returns 0 and the exit code, 1 and the signal that ended it, or -1 with errno.
static inline int aiops_reap(pid_t pid, int *value) {
    int status = 0;
    pid_t found;
    do found = waitpid(pid, &status, 0);
    while (found == -1 && errno == EINTR);
    if (found != pid) return -1;
    if (WIFSIGNALED(status)) {
        *value = WTERMSIG(status);
        return 1;
    }
    *value = WEXITSTATUS(status);
    return 0;
}
