// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PoolLimits {
    package init(_ configuration: PoolConfiguration) {
        self.init(
            minimum: configuration.minimumConnections,
            maximum: configuration.maximumConnections,
            idleTimeout: configuration.idleTimeout.poolNanoseconds,
            lifetime: configuration.lifetime.poolNanoseconds,
            lifetimeJitter: configuration.lifetimeJitter,
            checkAfterIdle: configuration.checkAfterIdle.poolNanoseconds,
            concurrentConnects: configuration.maximumConcurrentConnects,
            initialBackoff: configuration.initialBackoff.poolNanoseconds,
            maximumBackoff: configuration.maximumBackoff.poolNanoseconds,
            outagePatience: configuration.outagePatience.poolNanoseconds,
            leakThreshold: configuration.leakThreshold?.poolNanoseconds,
            resetsSession: configuration.resetPolicy == .session,
            // What a use has to leave as it was must be one caller's.
            pipelineDepth: configuration.resetPolicy == .session ? 1 : configuration.pipelineDepth,
            patience: configuration.pipelinePatience.poolNanoseconds,
            overdue: configuration.pipelineOverdue.poolNanoseconds)
    }
}
