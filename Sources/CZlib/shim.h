#pragma once
#include <string.h>
#include <zlib.h>

// Swift cannot call macros. 15 bits of window and 16 for the header and trailer of gzip, in both directions.

static inline int aiops_deflate_begin(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int aiops_inflate_begin(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, 15 + 16);
}
