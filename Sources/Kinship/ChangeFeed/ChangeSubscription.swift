// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Somebody's place among those who listen; letting go of it gives it up.
package final class ChangeSubscription: Sendable {
    /// What has come.
    package let mailbox: ChangeMailbox
    /// Whose changes it is told.
    let tenancy: Tenancy.Value
    private let leave: @Sendable () -> Void

    init(_ mailbox: ChangeMailbox, of tenancy: Tenancy.Value, leave: @escaping @Sendable () -> Void) {
        self.mailbox = mailbox
        self.tenancy = tenancy
        self.leave = leave
    }

    deinit {
        mailbox.close()
        leave()
    }
}
