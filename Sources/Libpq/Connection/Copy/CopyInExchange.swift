// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// The exchange of `COPY … FROM STDIN`: whoever copies gives bytes as there is room, and the server answers at the end.
///
/// `@unchecked Sendable`: what is mutable is touched under the lock of the connection only, until the request is finished.
final class CopyInExchange: Exchange, @unchecked Sendable {
    let statement: Statement
    var rows: Int?
    var isGiving: Bool { true }

    init(_ statement: Statement) { self.statement = statement }

    func accepts(_ status: ExecStatusType) -> Bool { status == PGRES_COPY_IN }

    func move(_ link: Link) -> ExchangeMovement { .server }

    func stop(_ link: Link) -> ExchangeMovement {
        PQputCopyEnd(link.pointer, "the client gave up") == 1 ? .results : .failed
    }

    func takeAll() {}

    func isReady(isRoom: Bool) -> Bool { isRoom }
}
