// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes

extension RESTService {
    /// Ends the streams of changes, each with an event `end`, and takes no more: for a server that is about to end, which would wait for them
    /// otherwise. `KinshipServer` does so by itself.
    ///
    /// ```swift
    /// await withGracefulShutdownHandler {
    ///     try? await server.run()
    /// } onGracefulShutdown: {
    ///     service.endChangeStreams()
    /// }
    /// ```
    public func endChangeStreams() { settings.changes.end() }

    /// How many streams of changes are open.
    public var changeStreams: Int { settings.changes.current }

    /// The response that a stream of events is: nothing on the way may keep it back.
    func response(ofEvents answer: Answer) -> RESTResponse {
        var head = HTTPResponse(status: answer.status)
        head.headerFields[.contentType] = "text/event-stream; charset=utf-8"
        head.headerFields[.cacheControl] = "private, no-cache, no-transform"
        if let name = HTTPField.Name("X-Accel-Buffering") { head.headerFields[name] = "no" }
        return RESTResponse(head, answer.body ?? RESTResponseBody())
    }
}
