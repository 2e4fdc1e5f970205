"""Settings of the memory allocator."""

import ctypes
import functools
import platform


@functools.cache
def keep_freed_memory() -> bool:
    """Lets the process keep freed memory; returns whether glibc allowed it.

    By default glibc returns large blocks, such as logits over a vocabulary, to the
    system, and the page faults of new ones take up to two thirds of the time of
    elementwise operations. The setting holds for the whole process. It does not raise
    the peak of memory, only what stays after.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # of malloc.h
    libc = ctypes.CDLL("libc.so.6")
    settings = ((mmap_max, 0), (trim_threshold, 2**31 - 1), (top_pad, 2**26))
    return all(libc.mallopt(*setting) == 1 for setting in settings)
