// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Numbers as Prometheus reads them.
enum MetricNumber {
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        // Whole ones without a fraction, as far as they are exact.
        if number == number.rounded(), abs(number) < 9e15 { return String(Int64(number)) }
        return String(number)
    }
}
