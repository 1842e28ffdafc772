"""What a figure was measured on, and whether the machine had nothing else to do."""

import os
import platform
import time


def busy_and_total():
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)


def wait_until_calm(patience, idle=0.96, window=2.0):
    """Waits until the machine was idle for a while; False when it was not within the patience."""
    deadline = time.monotonic() + patience
    while True:
        busy, total = busy_and_total()
        time.sleep(window)
        busy_after, total_after = busy_and_total()
        if busy_after - busy <= (1 - idle) * max(total_after - total, 1):
            return True
        if time.monotonic() > deadline:
            return False


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def describe():
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": memory_gib(),
        "kernel": platform.release(),
    }
