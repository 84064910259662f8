// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import CoreMetrics

/// The options of what is measured.
struct MetricsOptions: ParsableArguments {
    /// Where it is shown.
    static let path = "/metrics"

    @Flag(
        name: .customLong("metrics"),
        help: "Measure, and show it at /metrics of an address of its own, as Prometheus reads it.")
    var isOn = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The address of /metrics, where nobody is asked who he is: one that only who collects it reaches.",
            valueName: "host"))
    var metricsHost = "127.0.0.1"

    @Option(
        name: .long, help: ArgumentHelp("The port of /metrics; 0 for one that is free.", valueName: "port"))
    var metricsPort = 9464

    func validate() throws {
        guard (0...65_535).contains(metricsPort) else {
            throw ValidationError("--metrics-port is a number from 0 to 65535.")
        }
        guard isOn || (metricsHost == "127.0.0.1" && metricsPort == 9464) else {
            throw ValidationError("--metrics-host and --metrics-port say where --metrics are: give that as well.")
        }
    }

    /// Has all that is made from now on measured; nil where nothing is to be. Once in a process.
    func begin() -> MetricsRegistry? {
        guard isOn else { return nil }
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
