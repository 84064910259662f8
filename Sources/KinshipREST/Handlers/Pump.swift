// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes the parts of an answer in a task that began with the request, whoever pulls the body: task-local values, which a program's hooks
/// and scopes may go by, are the request's for all parts.
final class Pump<Input: Sendable, Part: Sendable>: Sendable {
    private struct Request: Sendable {
        let input: Input
        let answer: CheckedContinuation<Part, any Error>
    }

    private let requests: AsyncStream<Request>.Continuation
    private let task: Task<Void, Never>

    /// - Parameter part: makes the next part.
    init(_ part: @escaping @Sendable (Input) async throws -> Part) {
        let (stream, requests) = AsyncStream.makeStream(of: Request.self)
        self.requests = requests
        task = Task {
            // Requests that are there when it is cancelled still come, and are answered so.
            for await request in stream {
                do {
                    request.answer.resume(returning: try await part(request.input))
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

    /// The next part; one after the other.
    func next(_ input: Input) async throws -> Part {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { answer in
                guard case .enqueued = requests.yield(Request(input: input, answer: answer)) else {
                    return answer.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            task.cancel()
        }
    }
}
