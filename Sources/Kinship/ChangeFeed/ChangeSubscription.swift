// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Somebody's place among those who listen; letting go of it gives it up.
package final class ChangeSubscription: Sendable {
    /// What has come.
    package let mailbox: ChangeMailbox
    private let leave: @Sendable () -> Void

    init(_ mailbox: ChangeMailbox, leave: @escaping @Sendable () -> Void) {
        self.mailbox = mailbox
        self.leave = leave
    }

    deinit {
        mailbox.close()
        leave()
    }
}
