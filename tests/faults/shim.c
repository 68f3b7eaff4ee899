/* Fails one call of this process to the disk or the network, or cuts its power there.
 *
 * Loaded with LD_PRELOAD; does nothing until faults_arm() names a folder and a point. A power cut
 * takes back everything under that folder that was not flushed: bytes until their file is flushed,
 * names until their folder is. That is the strictest disk that POSIX allows, tears included.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE, FSYNC, RENAME, UNLINK, LINK, MKDIR, CREATE, CUTOFF, CONNECT, SEND, RECEIVE, KINDS };
enum { COUNT, KILL, FAIL_ONCE, FAIL_ON, POWER };

static int armed, mode, failure;
static unsigned mask;
static long when, seen[KINDS], reached;
static char root[4096], shadow[4096];
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

typedef struct { dev_t device; ino_t number; int handle; } Inode;
typedef struct {
  int kind, live, inode, shadowed;
  off_t offset, size;
  size_t length;
  char *bytes, *path, *other;
} Change;
static Inode *inodes;
static Change *changes;
static int inode_count, change_count, shadow_count;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int inside(const char *path) {
  size_t n = strlen(root);
  if (strncmp(path, root, n) || (path[n] != 0 && path[n] != '/')) return 0;
  return strncmp(path + n, "/service", 8) != 0; /* that memory is another machine's */
}

static int of_handle(int handle, char *path) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
  ssize_t n = readlink(name, path, 4095);
  if (n < 0) return 0;
  path[n] = 0;
  return inside(path);
}

static int absolute(int folder, const char *name, char *path) {
  char base[4096];
  if (name[0] == '/') snprintf(path, 4096, "%s", name);
  else if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; snprintf(path, 4096, "%.2000s/%.2000s", base, name); }
  else { if (!of_handle(folder, base)) return 0; snprintf(path, 4096, "%.2000s/%.2000s", base, name); }
  return inside(path);
}

static Change *changed(int kind) {
  if (change_count % 256 == 0) changes = realloc(changes, sizeof(Change) * (change_count + 256));
  Change *one = &changes[change_count++];
  memset(one, 0, sizeof *one);
  one->kind = kind; one->live = 1; one->inode = -1;
  return one;
}

static int inode_of(int handle, struct stat *about) {
  if (fstat(handle, about) || !S_ISREG(about->st_mode)) return -1;
  for (int i = 0; i < inode_count; i++)
    if (inodes[i].device == about->st_dev && inodes[i].number == about->st_ino) return i;
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
  if (inode_count % 64 == 0) inodes = realloc(inodes, sizeof(Inode) * (inode_count + 64));
  /* Kept open to the end: closing would drop SQLite's locks, and its number can't be reused. */
  int own = REAL(open64)(name, O_RDWR | O_CLOEXEC);
  inodes[inode_count] = (Inode){about->st_dev, about->st_ino, own};
  return inode_count++;
}

static void remember_bytes(int handle, off_t offset, size_t length) {
  struct stat about;
  if (mode != POWER) return;
  int inode = inode_of(handle, &about);
  if (inode < 0) return;
  Change *one = changed(WRITE);
  one->inode = inode; one->offset = offset; one->size = about.st_size;
  if (offset < about.st_size) {
    one->length = (off_t)length < about.st_size - offset ? length : (size_t)(about.st_size - offset);
    one->bytes = malloc(one->length);
    ssize_t n = pread(inodes[inode].handle, one->bytes, one->length, offset);
    one->length = n < 0 ? 0 : (size_t)n;
  }
}

static int keep_aside(const char *path) {
  char name[4200];
  struct stat about;
  if (lstat(path, &about) || S_ISDIR(about.st_mode)) return 0;
  snprintf(name, sizeof name, "%s/%d", shadow, ++shadow_count);
  return REAL(link)(path, name) == 0 ? shadow_count : 0;
}

static void bring_back(int number, const char *path) {
  char name[4200];
  if (number == 0) return;
  snprintf(name, sizeof name, "%s/%d", shadow, number);
  REAL(rename)(name, path);
}

static void take_back(void) {
  for (int i = change_count - 1; i >= 0; i--) {
    Change *one = &changes[i];
    if (!one->live) continue;
    if (one->kind == WRITE) {
      int handle = inodes[one->inode].handle;
      if (one->length) REAL(pwrite64)(handle, one->bytes, one->length, one->offset);
      if (REAL(ftruncate64)(handle, one->size)) {}
    } else if (one->kind == CREATE || one->kind == LINK) REAL(unlink)(one->path);
    else if (one->kind == MKDIR) REAL(rmdir)(one->path);
    else if (one->kind == UNLINK) {
      if (one->shadowed) bring_back(one->shadowed, one->path); else REAL(mkdir)(one->path, 0700);
    } else if (one->kind == RENAME) {
      REAL(rename)(one->other, one->path);
      bring_back(one->shadowed, one->other);
    }
  }
}

static void flushed(int handle) {
  struct stat about;
  char path[4096];
  if (mode != POWER || fstat(handle, &about) || !of_handle(handle, path)) return;
  size_t n = strlen(path);
  for (int i = 0; i < change_count; i++) {
    Change *one = &changes[i];
    if (S_ISREG(about.st_mode) && one->kind == WRITE) {
      Inode *file = &inodes[one->inode];
      if (file->device == about.st_dev && file->number == about.st_ino) one->live = 0;
    } else if (S_ISDIR(about.st_mode) && one->kind != WRITE) {
      const char *name = one->kind == RENAME ? one->other : one->path;
      if (strncmp(name, path, n) == 0 && name[n] == '/' && !strchr(name + n + 1, '/')) one->live = 0;
    }
  }
}

static void halted(int number) { (void)number; for (;;) pause(); }

/* Says whether this call fails; does not return where the process ends here. */
static int struck(int kind) {
  if (!armed) return 0;
  seen[kind]++;
  if (!(mask & (1u << kind))) return 0;
  reached++;
  if (mode == COUNT || reached < when || (mode != FAIL_ON && reached > when)) return 0;
  if (mode == POWER) {
    /* The log's index is mapped: a thread that reads where the file now ends must die with the rest. */
    signal(SIGBUS, halted);
    take_back();
  }
  if (mode == POWER || mode == KILL) { kill(getpid(), SIGKILL); for (;;) pause(); }
  errno = failure;
  return 1;
}

#define LOCKED(body) do { pthread_mutex_lock(&lock); body; pthread_mutex_unlock(&lock); } while (0)

void faults_arm(const char *folder, const char *aside, unsigned kinds, int how, long point, int error) {
  snprintf(root, sizeof root, "%s", folder);
  snprintf(shadow, sizeof shadow, "%s", aside);
  mask = kinds; mode = how; when = point; failure = error; armed = 1;
}

void faults_disarm(void) { armed = 0; }
long faults_seen(int kind) { return seen[kind]; }

static int write_struck(int handle, off_t offset, const void *bytes, size_t length) {
  char path[4096];
  int failed = 0;
  if (!armed || !of_handle(handle, path)) return 0;
  LOCKED({
    /* The call that ends the process is torn: half of its bytes arrive. */
    if ((mask & (1u << WRITE)) && mode == KILL && reached + 1 == when && length > 1)
      { if (REAL(pwrite64)(handle, bytes, length / 2, offset)) {} }
    failed = struck(WRITE);
    if (!failed) remember_bytes(handle, offset, length);
  });
  return failed;
}

static off_t place_of(int handle) {
  int flags = fcntl(handle, F_GETFL);
  struct stat about;
  if (flags >= 0 && (flags & O_APPEND) && fstat(handle, &about) == 0) return about.st_size;
  return lseek(handle, 0, SEEK_CUR);
}

ssize_t write(int handle, const void *bytes, size_t length) {
  if (armed && write_struck(handle, place_of(handle), bytes, length)) return -1;
  return REAL(write)(handle, bytes, length);
}
ssize_t pwrite64(int handle, const void *bytes, size_t length, off64_t offset) {
  if (armed && write_struck(handle, offset, bytes, length)) return -1;
  return REAL(pwrite64)(handle, bytes, length, offset);
}
ssize_t pwrite(int handle, const void *bytes, size_t length, off_t offset) {
  return pwrite64(handle, bytes, length, offset);
}
ssize_t sendfile64(int, int, off64_t *, size_t);
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
  char path[4096];
  if (armed && of_handle(to, path)) { errno = ENOSYS; return -1; } /* the caller falls back to write */
  return REAL(sendfile64)(to, from, offset, length);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) { return sendfile64(to, from, offset, length); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t length, unsigned flags) {
  char path[4096];
  if (armed && of_handle(to, path)) { errno = ENOSYS; return -1; }
  return REAL(copy_file_range)(from, a, to, b, length, flags);
}

int ftruncate64(int handle, off64_t size) {
  char path[4096];
  int failed = 0;
  if (armed && of_handle(handle, path))
    LOCKED({
      failed = struck(CUTOFF);
      struct stat about;
      if (!failed && fstat(handle, &about) == 0)
        remember_bytes(handle, size < about.st_size ? size : about.st_size,
                       size < about.st_size ? about.st_size - size : 0);
    });
  return failed ? -1 : REAL(ftruncate64)(handle, size);
}
int ftruncate(int handle, off_t size) { return ftruncate64(handle, size); }

static int flush(int handle, int (*real)(int)) {
  char path[4096];
  int failed = 0, done = 0;
  if (!armed || !of_handle(handle, path)) return real(handle);
  LOCKED({ failed = struck(FSYNC); if (!failed && (done = real(handle)) == 0) flushed(handle); });
  return failed ? -1 : done;
}
int fsync(int handle) { return flush(handle, REAL(fsync)); }
int fdatasync(int handle) { return flush(handle, REAL(fdatasync)); }

/* The whole disk at once: every change made so far has arrived when it returns. */
void sync(void) {
  if (!armed) { REAL(sync)(); return; }
  LOCKED({ if (!struck(FSYNC)) for (int i = 0; i < change_count; i++) changes[i].live = 0; });
}

static int opened(int folder, const char *name, int flags, int mode_bits) {
  char path[4096];
  int failed = 0, done = -1;
  if (!armed || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !absolute(folder, name, path))
    return REAL(openat64)(folder, name, flags, mode_bits);
  LOCKED({
    struct stat about;
    int there = lstat(path, &about) == 0;
    if (!there && (flags & O_CREAT)) failed = struck(CREATE);
    if (!failed && there && (flags & O_TRUNC) && mode == POWER && S_ISREG(about.st_mode)) {
      int own = REAL(open64)(path, O_RDWR | O_CLOEXEC);
      if (own >= 0) remember_bytes(own, 0, about.st_size);
    }
    if (!failed) done = REAL(openat64)(folder, name, flags, mode_bits);
    if (done >= 0 && !there && mode == POWER) changed(CREATE)->path = strdup(path);
  });
  return done;
}
#define MODE_OF(flags) ({ va_list rest; va_start(rest, flags); int bits = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, int) : 0; va_end(rest); bits; })
int open(const char *name, int flags, ...) { return opened(AT_FDCWD, name, flags, MODE_OF(flags)); }
int open64(const char *name, int flags, ...) {
  if (!armed) { return REAL(openat64)(AT_FDCWD, name, flags, MODE_OF(flags)); }
  return opened(AT_FDCWD, name, flags, MODE_OF(flags));
}
int openat(int folder, const char *name, int flags, ...) { return opened(folder, name, flags, MODE_OF(flags)); }
int openat64(int folder, const char *name, int flags, ...) {
  if (!armed) {
    static int (*real)(int, const char *, int, ...);
    if (!real) real = REAL(openat64);
    return real(folder, name, flags, MODE_OF(flags));
  }
  return opened(folder, name, flags, MODE_OF(flags));
}

int renameat(int a, const char *from, int b, const char *to) {
  char old[4096], new[4096];
  int failed = 0, done = -1;
  if (!armed || !absolute(a, from, old) || !absolute(b, to, new)) return REAL(renameat)(a, from, b, to);
  LOCKED({
    failed = struck(RENAME);
    int number = !failed && mode == POWER ? keep_aside(new) : 0;
    if (!failed) done = REAL(renameat)(a, from, b, to);
    if (done == 0 && mode == POWER) {
      Change *one = changed(RENAME);
      one->path = strdup(old); one->other = strdup(new); one->shadowed = number;
    }
  });
  return done;
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int folder, const char *name, int flags) {
  char path[4096];
  int failed = 0, done = -1;
  if (!armed || !absolute(folder, name, path)) return REAL(unlinkat)(folder, name, flags);
  LOCKED({
    failed = struck(UNLINK);
    int number = !failed && mode == POWER && !(flags & AT_REMOVEDIR) ? keep_aside(path) : 0;
    if (!failed) done = REAL(unlinkat)(folder, name, flags);
    if (done == 0 && mode == POWER) { Change *one = changed(UNLINK); one->path = strdup(path); one->shadowed = number; }
  });
  return done;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int remove(const char *name) { return unlink(name); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int linkat(int a, const char *from, int b, const char *to, int flags) {
  char path[4096];
  int failed = 0, done = -1;
  if (!armed || !absolute(b, to, path)) return REAL(linkat)(a, from, b, to, flags);
  LOCKED({
    failed = struck(LINK);
    if (!failed) done = REAL(linkat)(a, from, b, to, flags);
    if (done == 0 && mode == POWER) changed(LINK)->path = strdup(path);
  });
  return done;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int folder, const char *name, mode_t bits) {
  char path[4096];
  int failed = 0, done = -1;
  if (!armed || !absolute(folder, name, path)) return REAL(mkdirat)(folder, name, bits);
  LOCKED({
    failed = struck(MKDIR);
    if (!failed) done = REAL(mkdirat)(folder, name, bits);
    if (done == 0 && mode == POWER) changed(MKDIR)->path = strdup(path);
  });
  return done;
}
int mkdir(const char *name, mode_t bits) { return mkdirat(AT_FDCWD, name, bits); }

static int net_struck(int kind) { int failed = 0; if (armed) LOCKED(failed = struck(kind)); return failed; }
int connect(int handle, const struct sockaddr *to, socklen_t n) { return net_struck(CONNECT) ? -1 : REAL(connect)(handle, to, n); }
ssize_t send(int handle, const void *bytes, size_t n, int flags) { return net_struck(SEND) ? -1 : REAL(send)(handle, bytes, n, flags); }
ssize_t recv(int handle, void *bytes, size_t n, int flags) { return net_struck(RECEIVE) ? -1 : REAL(recv)(handle, bytes, n, flags); }
