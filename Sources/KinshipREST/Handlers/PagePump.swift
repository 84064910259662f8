// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Reads the pages of a list in a task that began with the request, whoever pulls the body: task-local values, which a program's hooks and
/// scopes may go by, are the request's for all pages.
final class PagePump: Sendable {
    private struct Request: Sendable {
        let cursor: String
        let answer: CheckedContinuation<Graph?, any Error>
    }

    private let requests: AsyncStream<Request>.Continuation
    private let task: Task<Void, Never>

    /// - Parameter page: the page behind a cursor, nil where no more is wanted.
    init(_ page: @escaping @Sendable (_ cursor: String) async throws -> Graph?) {
        let (stream, requests) = AsyncStream.makeStream(of: Request.self)
        self.requests = requests
        task = Task {
            // Requests that are there when it is cancelled still come, and are answered so.
            for await request in stream {
                do {
                    request.answer.resume(returning: try await page(request.cursor))
                } catch {
                    request.answer.resume(throwing: error)
                }
            }
        }
    }

    deinit {
        requests.finish()
        task.cancel()
    }

    /// The page behind a cursor, nil where no more is wanted; one after the other.
    func page(_ cursor: String) async throws -> Graph? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { answer in
                guard case .enqueued = requests.yield(Request(cursor: cursor, answer: answer)) else {
                    return answer.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            task.cancel()
        }
    }
}
