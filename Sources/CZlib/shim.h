// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#pragma once

#include <zlib.h>

/// `deflateInit2` is a macro, which Swift can't call: a stream whose output is gzip.
static inline int kinship_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
