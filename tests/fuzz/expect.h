#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process, which libFuzzer takes for a finding, unless `condition` holds.
#define FUZZ_EXPECT(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
