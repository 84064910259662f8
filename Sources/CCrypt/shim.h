#if defined(__linux__)
#include <crypt.h>
#endif
