#pragma once
#include <malloc.h>

/// The parameters are macros of negative numbers, which Swift does not import.
static inline int malloc_set_arenas(int most) { return mallopt(M_ARENA_MAX, most); }
static inline int malloc_set_map_threshold(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }
static inline int malloc_set_trim_threshold(int bytes) { return mallopt(M_TRIM_THRESHOLD, bytes); }
