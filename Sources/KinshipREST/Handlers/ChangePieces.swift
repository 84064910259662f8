// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The events of a stream of changes, each made when it is asked for; what isn't asked for waits where its room is bounded.
actor ChangePieces: PieceSource {
    private var pump: Pump<Void, [UInt8]?>?
    private var place: ChangeStreams.Place?

    init(_ pump: Pump<Void, [UInt8]?>, _ place: ChangeStreams.Place) {
        (self.pump, self.place) = (pump, place)
    }

    func next() async throws -> [UInt8]? {
        if let piece = try await pump?.next(()) { return piece }
        (pump, place) = (nil, nil)
        return nil
    }
}
