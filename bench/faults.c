/* LD_PRELOAD: a disk that is full, a wall clock that was moved, and a record of what a power cut would undo. For fault runs only.

   FAULTS_CONTROL names a file of 16 bytes that every process of a run maps: seconds by which the wall clock is off (int64), whether
   no file may grow (int32), whether writes are recorded (int32). Only regular files below FAULTS_FOLDER are touched.

   Of each write that is recorded FAULTS_RECORD gets, beforehand: kind, inode, offset, length, the file's size, how many old bytes
   follow (six int64), and the old bytes. An fsync, once it is done, gets a line of its own: all before it is safe. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    volatile int64_t clock;
    volatile int32_t full, record;
};
enum { WRITE = 1, TRUNCATE = 2, SYNC = 3 };

static struct control none, *control = &none;
static const char *folder, *journal;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    folder = getenv("FAULTS_FOLDER");
    journal = getenv("FAULTS_RECORD");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *map = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) control = map;
    close(fd);
}

#define REAL(name, type, ...)                                       \
    static type (*real)(__VA_ARGS__);                               \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* "/proc/self/fd/N", written into 32 bytes without a call that could write or lock. */
static char *name_of(int fd, char *into) {
    char *at = into + 31;
    *at = 0;
    do *--at = (char)('0' + fd % 10);
    while (fd /= 10);
    return memcpy(at - 14, "/proc/self/fd/", 14);
}

/* Whether the run's data lie in this file; `st` is filled. */
static int ours(int fd, struct stat *st) {
    char link[32], path[4096];
    if (!folder || !(control->full || control->record) || fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) return 0;
    const char *at = name_of(fd, link);
    ssize_t length = readlink(at, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static void note(int kind, int fd, const struct stat *st, int64_t offset, int64_t length) {
    if (!control->record || !journal) return;
    int64_t there = st->st_size > offset ? st->st_size - offset : 0;
    int64_t old = kind == SYNC ? 0 : there < length ? there : length;
    int64_t head[6] = {kind, (int64_t)st->st_ino, offset, length, (int64_t)st->st_size, old};
    char *line = malloc(sizeof head + (size_t)old);
    if (!line) return;
    memcpy(line, head, sizeof head);
    if (old && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR)
        syscall(SYS_pread64, fd, line + sizeof head, (size_t)old, (off_t)offset);
    else if (old) { /* never a database's: closing another descriptor of it would drop the process's locks on it */
        char own[32], *at = name_of(fd, own);
        int again = (int)syscall(SYS_openat, AT_FDCWD, at, O_RDONLY | O_CLOEXEC, 0);
        if (again >= 0) {
            syscall(SYS_pread64, again, line + sizeof head, (size_t)old, (off_t)offset);
            syscall(SYS_close, again);
        }
    }
    int to = (int)syscall(SYS_openat, AT_FDCWD, journal, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (to >= 0) {
        syscall(SYS_write, to, line, sizeof head + (size_t)old);
        syscall(SYS_close, to);
    }
    free(line);
}

/* 0: go on; -1: the disk is full. */
static int before(int fd, int64_t offset, int64_t length) {
    struct stat st;
    int saved = errno;
    if (!ours(fd, &st)) return errno = saved, 0;
    if (offset < 0) offset = fcntl(fd, F_GETFL) & O_APPEND ? (int64_t)st.st_size : (int64_t)lseek(fd, 0, SEEK_CUR);
    if (control->full && offset + length > st.st_size) return errno = ENOSPC, -1;
    note(WRITE, fd, &st, offset, length);
    return errno = saved, 0;
}

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write, ssize_t, int, const void *, size_t);
    return before(fd, -1, (int64_t)length) ? -1 : real(fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    REAL(pwrite, ssize_t, int, const void *, size_t, off_t);
    return before(fd, offset, (int64_t)length) ? -1 : real(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t);
    return before(fd, offset, (int64_t)length) ? -1 : real(fd, data, length, offset);
}

static int cut(int fd, off64_t length) {
    struct stat st;
    int saved = errno;
    if (!ours(fd, &st)) return errno = saved, 0;
    if (control->full && length > st.st_size) return errno = ENOSPC, -1;
    note(TRUNCATE, fd, &st, length, st.st_size > length ? st.st_size - length : 0);
    return errno = saved, 0;
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate, int, int, off_t);
    return cut(fd, length) ? -1 : real(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64, int, int, off64_t);
    return cut(fd, length) ? -1 : real(fd, length);
}

static int synced(int fd, int done) {
    struct stat st;
    int saved = errno;
    if (done == 0 && ours(fd, &st)) note(SYNC, fd, &st, 0, 0);
    return errno = saved, done;
}

int fsync(int fd) {
    REAL(fsync, int, int);
    return synced(fd, real(fd));
}

int fdatasync(int fd) {
    REAL(fdatasync, int, int);
    return synced(fd, real(fd));
}

int clock_gettime(clockid_t which, struct timespec *at) {
    REAL(clock_gettime, int, clockid_t, struct timespec *);
    int done = real(which, at);
    if (done == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) at->tv_sec += control->clock;
    return done;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    REAL(gettimeofday, int, struct timeval *restrict, void *restrict);
    int done = real(at, zone);
    if (done == 0) at->tv_sec += control->clock;
    return done;
}

time_t time(time_t *to) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (to) *to = at.tv_sec;
    return at.tv_sec;
}
