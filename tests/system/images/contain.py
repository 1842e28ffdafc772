#!/usr/bin/python3
"""Runs a program from the root file system of an image as a cluster would that trusts nobody:

  contain.py ROOT [--mount FROM:TO]… [--scratch FOLDER]… [--env NAME=VALUE]… -- PROGRAM [ARGUMENT…]

User 10001, no capabilities and none to be had, the root file system read-only, no shell to be
started, the system calls of container runtimes' usual deny list refused, an environment that holds
nothing but what is given. --mount brings a folder of the machine along, read-only; --scratch a
folder that may be written. The network is the machine's. As root, on x86-64.
"""

import argparse
import ctypes
import os
import pathlib
import signal
import stat
import struct
import sys

USER = 10001
LIBC = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
SECCOMP_MODE_FILTER = 2

SHELLS = ("usr/bin/sh", "usr/bin/dash", "usr/bin/bash")
DEVICES = {"null": (1, 3), "zero": (1, 5), "random": (1, 8), "urandom": (1, 9)}

# Numbers of x86-64: mounting, tracing, modules, clocks, namespaces, keys, BPF, io_uring and the
# like.
DENIED = (101, 103, 153, 154, 155, 156, 159, 161, 163, 164, 165, 166, 167, 168, 169, 172, 173, 174,
          175, 176, 177, 178, 179, 180, 227, 237, 238, 239, 246, 248, 249, 250, 256, 272, 279, 298,
          303, 304, 305, 308, 310, 311, 312, 313, 320, 321, 323, 425, 426, 427, 428, 429, 430, 431,
          432, 433, 438, 442)


def check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(source, target, kind=None, flags=0, data=None):
    words = [None if word is None else str(word).encode() for word in (source, target, kind)]
    check(LIBC.mount(*words, ctypes.c_ulong(flags), None if data is None else data.encode()))


def bind_read_only(source, target):
    mount(source, target, flags=MS_BIND)
    mount(None, target, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)


def make_devices(folder):
    mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NOEXEC, "size=64k,mode=755")
    for name, (major, minor) in DEVICES.items():
        os.mknod(folder / name, 0o20666, os.makedev(major, minor))
        os.chmod(folder / name, 0o666)
    for name, descriptor in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        os.symlink(f"/proc/self/fd/{descriptor}", folder / name)


def build_world(options):
    """The mounts of a namespace of its own."""
    root = options.root
    check(LIBC.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC))
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    mount(root, root, flags=MS_BIND)
    targets = [root / pair.split(":")[1].lstrip("/") for pair in options.mount]
    scratch = [root / folder.lstrip("/") for folder in options.scratch]
    # As a container runtime makes the points where it mounts.
    for folder in (*targets, *scratch):
        folder.mkdir(parents=True, exist_ok=True)
    mount(None, root, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)
    make_devices(root / "dev")
    mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for pair, target in zip(options.mount, targets):
        bind_read_only(pair.split(":")[0], target)
    for folder in scratch:
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              f"size=16m,mode=700,uid={USER},gid={USER}")
    for shell in SHELLS:
        if (root / shell).exists():
            bind_read_only(root / "dev" / "null", root / shell)


def deny_system_calls():
    """A filter of classic BPF: EPERM for what is denied."""
    load_number = struct.pack("HBBI", 0x20, 0, 0, 0)
    allow = struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
    refuse = struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | 1)
    program = load_number
    for number in DENIED:
        # Equal: the next instruction; else the one after it.
        program += struct.pack("HBBI", 0x15, 0, 1, number) + refuse
    program += allow
    text = ctypes.create_string_buffer(program, len(program))
    filter_of = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(text))
    check(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_of, 0, 0))


def hand_over_output():
    """As container runtimes do: whoever opens /dev/stdout anew has to own the pipe behind it."""
    for descriptor in (1, 2):
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.fchown(descriptor, USER, USER)


def give_up_rights():
    last = int(pathlib.Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        check(LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # Changing the user forgot it.
    check(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0))
    deny_system_calls()


def main():
    parser = argparse.ArgumentParser(prog="contain.py", description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path)
    for option in ("mount", "scratch", "env"):
        parser.add_argument(f"--{option}", action="append", default=[])
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    build_world(options)
    os.chroot(options.root)
    os.chdir("/")
    hand_over_output()
    give_up_rights()
    environment = dict(variable.split("=", 1) for variable in options.env)
    os.execve(options.program[0], options.program, environment)


if __name__ == "__main__":
    sys.exit(main())
