// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Judge {
    /// What is wrong with errors: those without a code, and those that neither a fault of the time nor the task itself can
    /// have caused.
    ///
    /// - Parameter aftermath: for how long after its end a fault may be felt.
    static func findings(_ complaints: [Complaint], faults: [FaultLog.Event], aftermath: Duration) -> [Finding] {
        complaints.compactMap { complaint in
            let place = "\(complaint.operation) on \(complaint.lane)"
            guard let code = complaint.code else { return Finding(.untyped, "\(place): \(complaint.text)") }
            if complaint.ownCauses.contains(code) { return nil }
            let isExplained = faults.contains { fault in
                fault.lanes.contains(complaint.lane) && fault.kind.codes.contains(code)
                    && fault.began <= complaint.ended
                    && (fault.ended.map { $0 + aftermath >= complaint.began } ?? true)
            }
            return isExplained ? nil : Finding(.unexplained, "\(place): \(complaint.text)")
        }
    }
}
