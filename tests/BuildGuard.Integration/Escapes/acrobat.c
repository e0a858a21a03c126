/*
 * What a shell cannot do to get away from whoever started it, and an independent look at what is still there. One static
 * program, so that it runs in the guest machine too. Whatever stays says so in a file ("pid start-time"), for a program
 * whose first thread has ended has no command line any more; and it keeps a lock on that file, which its children
 * inherit, for one that never lives long enough to be looked at.
 *
 *   acrobat middleman TOKEN     a child subreaper that takes in an orphan and never collects it
 *   acrobat vfork TOKEN         a vfork(2) child that neither executes nor exits; its parent waits in the kernel
 *   acrobat sibling TOKEN       a clone(2) child with CLONE_PARENT: its parent is that of whoever made it
 *   acrobat threads TOKEN       a process whose first thread has ended and whose other threads go on
 *   acrobat traced TOKEN        a child that stands still under ptrace(2)
 *   acrobat terminal TOKEN      a daemon with a session and a terminal of its own
 *   acrobat zombies TOKEN       makes children that end at once, and collects none
 *   acrobat relay TOKEN         hands on to a child in a new session and ends, again and again: no process lives long
 *   acrobat guest TOKEN PID     a relay in the PID namespace of another process, which was there before
 *   acrobat hydra TOKEN N [AT FILE]
 *                               each generation doubles in sessions of its own, up to N processes; who is killed is replaced.
 *                               When there are AT, the time is written to the file
 *   acrobat hoard TOKEN N [AT FILE]
 *                               takes memory as fast as it can, up to N MiB; the same for AT MiB
 *   acrobat squeeze TOKEN N FILE
 *                               takes N MiB and then goes on reading 48 MiB of a mapped file here and there: so close to a
 *                               limit there is never room for all of it, and never so little that there is none
 *   acrobat nameless TOKEN      runs from memory: its file has no name, its environment is empty
 *   acrobat undumpable TOKEN    keeps others of its user from reading its environment, memory and descriptors
 *   acrobat disguised TOKEN     calls itself otherwise, and overwrites its arguments and its environment
 *   acrobat undying TOKEN FILE  no longer ends with its parent; makes the file then
 *   acrobat storm TOKEN N       N processes that do nothing but vfork(2)
 *   acrobat stay TOKEN          stays
 *   acrobat bomb TOKEN N        forks as fast as it can, up to N processes
 *   acrobat remains TOKEN FILE  the processes that still run and have the token in their command line, or stand in the file, or have it locked
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Nothing here runs longer than this, in seconds, so that a test that fails hurts nobody. */
enum { LIFETIME = 120 };

static const char *pid_file(void)
{
    const char *file = getenv("ACROBAT_PIDS");
    return file ? file : "/dev/null";
}

/* The state and the start time of a process: proc_pid_stat(5). Not there: 0. */
static char stat_of(int pid, unsigned long long *start, long *threads)
{
    char path[64], line[1024], *end;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
    close(fd);
    if (length <= 0)
        return 0;
    line[length] = 0;
    end = strrchr(line, ')');
    char state = 0;
    if (!end || sscanf(end + 2, "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %llu", &state, threads, start) != 3)
        return 0;
    return state;
}

static void note(void)
{
    unsigned long long start;
    long threads;
    char line[64];
    int fd = open(pid_file(), O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (!stat_of(getpid(), &start, &threads) || flock(fd, LOCK_SH) != 0
        || write(fd, line, snprintf(line, sizeof line, "%d %llu\n", getpid(), start)) < 0)
        _exit(3);
}

static void stay(void)
{
    note();
    alarm(LIFETIME);
    for (;;)
        pause();
}

static void *stay_in_thread(void *unused)
{
    (void)unused;

    /* Until the first thread is gone: then there is no command line to be found by. */
    char byte;
    int fd;
    do {
        usleep(1000);
        fd = open("/proc/self/cmdline", O_RDONLY);
        ssize_t length = read(fd, &byte, 1);
        close(fd);
        if (length <= 0)
            break;
    } while (1);
    stay();
    return NULL;
}

static void be_middleman(void)
{
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            stay();
        _exit(0);
    }
    stay();
}

static void be_vfork(void)
{
    setsid();
    signal(SIGCHLD, SIG_DFL);
    if (vfork() == 0)
        stay();
}

static int stay_as_clone(void *unused)
{
    (void)unused;
    setsid();
    stay();
    return 0;
}

static void be_sibling(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    clone(stay_as_clone, stack + sizeof stack, CLONE_PARENT | SIGCHLD, NULL);
}

static void be_threads(void)
{
    pthread_t thread;
    setsid();
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, stay_in_thread, NULL);
    pthread_exit(NULL);
}

static void be_traced(void)
{
    setsid();
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        note();
        for (;;)
            raise(SIGSTOP);
    }
    waitpid(child, NULL, 0);
    stay();
}

static void be_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(terminal);
    unlockpt(terminal);
    char *name = ptsname(terminal);
    if (fork() == 0) {
        setsid();
        int other = open(name, O_RDWR);
        ioctl(other, TIOCSCTTY, 0);
        dup2(other, 0);
        dup2(other, 1);
        dup2(other, 2);
        signal(SIGHUP, SIG_IGN);
        stay();
    }
    setsid();
    stay();
}

static void be_zombies(void)
{
    setsid();
    note();
    for (int i = 0; i < 10 * LIFETIME; i++) {
        for (int j = 0; j < 5; j++)
            if (fork() == 0)
                _exit(0);
        usleep(100000);
    }
}

/* No generation but the first says where it is: that would be the longest part of its life. Ends when the file is removed. */
static void relay(void)
{
    time_t end = time(NULL) + LIFETIME / 4;
    while (time(NULL) < end && access(pid_file(), F_OK) == 0) {
        if (fork() != 0)
            _exit(0);
        setsid();
    }
}

static void be_relay(void)
{
    note();
    relay();
}

/* The namespace of its user, where that is another one, gives the right to enter. In there it could not say where it is. */
static void be_guest(int host)
{
    char path[64];
    note();
    snprintf(path, sizeof path, "/proc/%d/ns/pid", host);
    int processes = open(path, O_RDONLY);
    snprintf(path, sizeof path, "/proc/%d/ns/user", host);
    setns(open(path, O_RDONLY), CLONE_NEWUSER);
    if (setns(processes, CLONE_NEWPID) != 0)
        _exit(3);
    relay();
}

/* How many there are: shared by all. One that was killed is missed, and replaced, by nobody but its own parent. */
static int *shared_counter(void)
{
    int *counter = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *counter = 1;
    return counter;
}

/* CLOCK_MONOTONIC in nanoseconds. Once: the first one makes the file. */
static void mark_time(const char *file)
{
    struct timespec now;
    char text[32];
    clock_gettime(CLOCK_MONOTONIC, &now);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd >= 0 && write(fd, text, snprintf(text, sizeof text, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec)) < 0)
        _exit(3);
    close(fd);
}

static void be_hoard(int most, int at, const char *file)
{
    enum { STEP = 1 << 20 };
    note();
    for (int i = 1; i <= most; i++) {
        char *memory = mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(memory, i, STEP);
        if (i == at)
            mark_time(file);
    }
    stay();
}

static void be_squeezed(int most, const char *name)
{
    enum { STEP = 1 << 20, PAGE = 4096, WINDOW = 48 };
    alarm(LIFETIME);
    int file = open(name, O_RDWR | O_CREAT, 0666);
    char *block = calloc(1, STEP);
    for (int i = 0; i < WINDOW; i++)
        if (pwrite(file, block, STEP, (off_t)i * STEP) != STEP)
            _exit(3);
    fsync(file);
    volatile char *window = mmap(NULL, WINDOW * STEP, PROT_READ, MAP_SHARED, file, 0);
    madvise((void *)window, WINDOW * STEP, MADV_RANDOM);
    char *memory = mmap(NULL, (size_t)most * STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, (size_t)most * STEP);
    for (unsigned number = 1;; number = number * 1664525 + 1013904223)
        (void)window[(number >> 8) % (WINDOW * (STEP / PAGE)) * PAGE];
}

static void be_hydra(int most, int at, const char *file)
{
    int *count = shared_counter();
    alarm(LIFETIME);
    note();
    for (;;) {
        int now = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
        if (now == at)
            mark_time(file);
        if (now > most) {
            __atomic_sub_fetch(count, 1, __ATOMIC_RELAXED);

            /* All heads are there. When a child dies another one grows. */
            if (waitpid(-1, NULL, 0) > 0)
                __atomic_sub_fetch(count, 1, __ATOMIC_RELAXED);
            else
                pause();
        } else if (fork() == 0) {
            setsid();
            alarm(LIFETIME);
        }
    }
}

static void be_bomb(int most)
{
    int *count = shared_counter();
    alarm(LIFETIME);
    while (__atomic_add_fetch(count, 1, __ATOMIC_RELAXED) <= most)
        if (fork() == 0)
            alarm(LIFETIME);
    stay();
}

#include "hiding.h"

static int is_noted(int pid, unsigned long long start, const char *file)
{
    int noted_pid, found = 0;
    unsigned long long noted_start;
    FILE *notes = fopen(file, "r");
    while (notes && fscanf(notes, "%d %llu", &noted_pid, &noted_start) == 2)
        found |= noted_pid == pid && noted_start == start;
    if (notes)
        fclose(notes);
    return found;
}

static int show_remains(const char *token, const char *file)
{
    char path[64];
    static char text[1 << 20];
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    int found = 0;
    while ((entry = readdir(processes))) {
        unsigned long long start;
        long threads;
        int pid = atoi(entry->d_name);
        char state = pid > 0 && pid != getpid() ? stat_of(pid, &start, &threads) : 0;

        /* A zombie cannot run, unless it is only the first of several threads. */
        if (!state || state == 'X' || (state == 'Z' && threads < 2))
            continue;
        snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
        int fd = open(path, O_RDONLY);
        ssize_t length = read(fd, text, sizeof text);
        close(fd);
        if ((length > 0 && memmem(text, length, token, strlen(token))) || is_noted(pid, start, file))
            found += printf("%d\n", pid) > 0;
    }
    int lock = open(file, O_RDONLY);
    if (found == 0 && lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0)
        printf("one that was not seen\n");
    return 0;
}

int main(int count, char **words)
{
    const char *what = count > 2 ? words[1] : "";
    int most = count > 3 ? atoi(words[3]) : 0, at = count > 5 ? atoi(words[4]) : 0;
    if (!strcmp(what, "middleman"))
        be_middleman();
    else if (!strcmp(what, "vfork"))
        be_vfork();
    else if (!strcmp(what, "sibling"))
        be_sibling();
    else if (!strcmp(what, "threads"))
        be_threads();
    else if (!strcmp(what, "traced"))
        be_traced();
    else if (!strcmp(what, "terminal"))
        be_terminal();
    else if (!strcmp(what, "zombies"))
        be_zombies();
    else if (!strcmp(what, "relay"))
        be_relay();
    else if (!strcmp(what, "guest"))
        be_guest(most);
    else if (!strcmp(what, "hydra"))
        be_hydra(most, at, words[count - 1]);
    else if (!strcmp(what, "hoard"))
        be_hoard(most, at, words[count - 1]);
    else if (!strcmp(what, "squeeze"))
        be_squeezed(most, words[count - 1]);
    else if (!strcmp(what, "nameless"))
        be_nameless(words[2]);
    else if (!strcmp(what, "undumpable"))
        be_undumpable();
    else if (!strcmp(what, "disguised"))
        be_disguised(words);
    else if (!strcmp(what, "undying"))
        be_undying(words[count - 1]);
    else if (!strcmp(what, "storm"))
        be_vfork_storm(most);
    else if (!strcmp(what, "stay"))
        stay();
    else if (!strcmp(what, "bomb"))
        be_bomb(most);
    else if (!strcmp(what, "remains"))
        return show_remains(words[2], count > 3 ? words[3] : "/dev/null");
    else
        return 2;
    return 0;
}
