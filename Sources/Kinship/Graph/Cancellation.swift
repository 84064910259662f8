// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Throws where the task was cancelled, every 65,536th time: in loops over rows, by their number.
@inline(__always)
func checkCancellation(at position: Int) throws(CancellationError) {
    if position & 0xFFFF == 0xFFFF, Task.isCancelled { throw CancellationError() }
}
