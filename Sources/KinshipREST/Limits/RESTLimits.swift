// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Kinship

/// How much one request may ask for, and how many there may be.
public struct RESTLimits: Sendable, Hashable {
    /// The bytes of a body; LoopBack's own is 100 KiB.
    public var bodyBytes = 100 << 10
    /// How long a body may take to arrive: less than the request, so that it is told as what it is.
    public var bodyTime = Duration.seconds(20)
    /// The records of a body that is a list.
    public var records = 10_000
    /// How deep data may be nested; LoopBack's own.
    public var dataDepth = 32
    /// How large and how deep filters may be; the depth is LoopBack's.
    public var filter = FilterLimits(depth: 12, bytes: 64 << 10)
    /// The rows that are read for an answer, or for each batch of a list that is sent as it is read; nil for what the database was
    /// opened with.
    public var rows: Int? = 100_000
    /// The memory that these may take.
    public var rowBytes: Int? = 64 << 20
    /// How long a request may take until its answer begins.
    public var time = Duration.seconds(30)
    /// How long a long answer may take to be fetched by its reader.
    public var streamTime = Duration.seconds(600)
    /// How many requests may be under way, besides long answers on their way to their readers.
    public var requestsInFlight = 256
    /// How many long answers may be on their way to their readers.
    public var streams = 64
    /// How many of these one client may have, as the server knows it; see ``RESTOptions/clientHeader``. nil for all.
    public var streamsPerClient: Int? = 32
    /// The memory that the rows of these may take together.
    public var streamBytes = 512 << 20

    /// How many streams of changes may be open.
    public var changeStreams = 256
    /// How many of these one client may have; nil for all.
    public var changeStreamsPerClient: Int? = 16
    /// How many changes are kept for a client that takes them slowly; beyond that it is told a gap.
    public var changesHeld = 1_000
    /// How many streams read at a time what has changed; the others wait, so that requests have connections too.
    public var changeReads = 4
    /// How often a stream of changes gives a sign of life.
    public var heartbeat = Duration.seconds(20)

    /// The usual limits.
    public init() {}

    /// The same without times that no clock can add to its own: those stand for no limit.
    var bounded: RESTLimits {
        var bounded = self
        bounded.bodyTime = min(bodyTime, Self.longest)
        bounded.time = min(time, Self.longest)
        bounded.streamTime = min(streamTime, Self.longest)
        bounded.heartbeat = min(heartbeat, Self.longest)
        return bounded
    }

    /// A hundred years.
    private static let longest = Duration.seconds(100 * 365 * 86_400)

    /// The limits of a form, whose members are data.
    var form: FilterLimits {
        FilterLimits(depth: dataDepth, nodes: filter.nodes, listLength: filter.listLength, bytes: bodyBytes)
    }

    /// A database's options for trees, as requests from outside have them.
    func trees(_ options: TreeOptions) -> TreeOptions {
        var trees = options
        trees.filterLimits = filter
        trees.maximumRows = [options.maximumRows, rows].compactMap(\.self).min()
        trees.maximumBytes = [options.maximumBytes, rowBytes].compactMap(\.self).min()
        return trees
    }
}
