// The system's zlib (Debian: zlib1g-dev). inflateInit2 and deflateInit2 are macros, which Swift does
// not see; their functions inflateInit2_ and deflateInit2_ it does.
#include <zlib.h>
