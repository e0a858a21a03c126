/*
 * What hides without going away: a process that is not what it looks like, or that the kernel shows less of. A part of
 * acrobat.c, which has note() and stay().
 */

/* Runs from a file that is in memory only and has no name: execveat(2) of a memfd_create(2). */
static void be_nameless(char *token)
{
    static char block[1 << 16];
    int program = open("/proc/self/exe", O_RDONLY), memory = memfd_create("", MFD_CLOEXEC);
    ssize_t length;
    while ((length = read(program, block, sizeof block)) > 0)
        if (write(memory, block, length) != length)
            _exit(3);
    char pids[512];
    snprintf(pids, sizeof pids, "ACROBAT_PIDS=%s", pid_file());
    setsid();
    syscall(SYS_execveat, memory, "", (char *[]){"", "stay", token, NULL}, (char *[]){pids, NULL}, AT_EMPTY_PATH);
    _exit(3);
}

/* Like a program with secrets: of an ordinary user's process most of /proc/PID belongs to root then. */
static void be_undumpable(void)
{
    setsid();
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    stay();
}

/* Under another name, with its arguments and its environment overwritten, which lie one behind the other. */
static void be_disguised(char **words)
{
    extern char **environ;
    char *start = words[0], *end = start;
    for (char **word = words; *word; word++)
        end = *word + strlen(*word) + 1;
    static char pids[512];
    snprintf(pids, sizeof pids, "%s", pid_file());
    for (char **variable = environ; *variable; variable++)
        if (*variable == end)
            end += strlen(*variable) + 1;
    setsid();
    clearenv();
    setenv("ACROBAT_PIDS", pids, 1);
    memset(start, 0, end - start);
    memcpy(start, "[kworker/0:1]", 13);
    prctl(PR_SET_NAME, "kworker/0:1", 0, 0, 0);
    stay();
}

/* Takes back the signal that it is to get when its parent ends, and says when it has. */
static void be_undying(const char *made)
{
    prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
    close(open(made, O_WRONLY | O_CREAT, 0666));
    stay();
}

/* Several that do nothing but vfork(2): most of the time the parent waits in the kernel for a child that shares its memory. */
static void be_vfork_storm(int most)
{
    signal(SIGCHLD, SIG_IGN);
    for (int i = 1; i < most; i++)
        if (fork() == 0)
            break;
    setsid();
    note();
    alarm(LIFETIME);
    for (;;)
        if (vfork() == 0)
            _exit(0);
}
