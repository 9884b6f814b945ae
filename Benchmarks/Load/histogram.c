// Latencies in logarithmic buckets: 64 to every doubling, so a percentile is at most 1/64 too high,
// and a run of any length takes the same memory.

#include "load.h"

#include <string.h>

enum { STEP_BITS = 6, STEPS = 1 << STEP_BITS, DOUBLINGS = 40 }; // up to 2^45 ns, about ten hours

static uint64_t buckets[DOUBLINGS * STEPS];
static uint64_t total;

static size_t bucket_of(uint64_t ns) {
    if (ns < STEPS) return (size_t)ns;
    int shift = 63 - __builtin_clzll(ns) - STEP_BITS;
    size_t index = ((size_t)(shift + 1) << STEP_BITS) + (size_t)((ns >> shift) - STEPS);
    size_t last = DOUBLINGS * STEPS - 1;
    return index < last ? index : last;
}

static uint64_t upper_edge(size_t index) {
    if (index < STEPS) return index;
    int shift = (int)(index >> STEP_BITS) - 1;
    return ((uint64_t)(STEPS + (index & (STEPS - 1)) + 1) << shift) - 1;
}

void histogram_clear(void) {
    memset(buckets, 0, sizeof buckets);
    total = 0;
}

void histogram_add(uint64_t ns) {
    buckets[bucket_of(ns)]++;
    total++;
}

uint64_t histogram_percentile(double percent) {
    uint64_t rank = (uint64_t)((double)total * percent / 100.0), seen = 0;
    for (size_t i = 0; i < DOUBLINGS * STEPS; i++) {
        seen += buckets[i];
        if (seen > rank) return upper_edge(i);
    }
    return 0;
}
