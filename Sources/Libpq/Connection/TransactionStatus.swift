// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Where a connection stands, as libpq's `PQtransactionStatus` says; never tracked by hand.
package enum TransactionStatus: Sendable, Hashable {
    /// Between transactions.
    case idle
    /// A request is under way.
    case active
    /// In a transaction.
    case inTransaction
    /// In a transaction that can only be rolled back.
    case inFailedTransaction
    /// The connection is closed or broken.
    case unknown

    init(_ status: PGTransactionStatusType) {
        switch status {
        case PQTRANS_IDLE: self = .idle
        case PQTRANS_ACTIVE: self = .active
        case PQTRANS_INTRANS: self = .inTransaction
        case PQTRANS_INERROR: self = .inFailedTransaction
        default: self = .unknown
        }
    }
}
