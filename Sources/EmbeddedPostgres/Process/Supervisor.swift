// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A small shell beside the owner that runs one job and, when the owner is gone, stops it and removes its directory.
///
/// It reads a ``Lifeline`` whose other end only the owner holds. When the owner ends, also by SIGKILL, the kernel closes that end
/// and the shell sees the end of its input; nothing has to run in the owner for that.
final class Supervisor: Sendable {
    /// The job's private directory: log, configuration, data; removed at the end.
    let base: String

    private struct State {
        var writeEnd: CInt?
        var process: ChildProcess
        var ending: Task<Void, Never>?
    }

    private let state: Mutex<State>

    /// Starts the shell, which starts the job: the shell function `job` in `script`.
    ///
    /// - Parameters:
    ///   - base: a private directory that exists.
    ///   - script: shell text that defines `job`.
    ///   - variables: the script's variables.
    ///   - command: what drops root; the script's positional parameters.
    init(
        base: String, script: String, variables: [String: String], command: [String], environment: [String: String]
    ) throws(EmbeddedPostgresError) {
        let lifeline = try Lifeline()
        defer { close(lifeline.readEnd) }
        var variables = variables
        variables["base"] = base
        let process: ChildProcess
        do {
            // A file and not -c: a list of processes should show one short line.
            try writePrivateFile(base + "/supervise", script + "\n" + Self.frame + "\n")
            process = try ChildProcess(
                "/bin/sh", arguments: [base + "/supervise"] + command,
                environment: Self.environment(from: environment).merging(variables) { $1 },
                input: lifeline.readEnd, output: base + "/log")
        } catch {
            close(lifeline.writeEnd)
            throw error
        }
        self.base = base
        state = Mutex(State(writeEnd: lifeline.writeEnd, process: process))
    }

    deinit {
        let (end, process) = state.withLock { ($0.writeEnd, $0.process) }
        guard let end else { return }
        close(end)
        process.reap { [base] in Self.cleanUp(base) }
    }

    /// Stops the job, waits for its end and for the removal of its directory; all callers wait.
    func end() async {
        let ending = state.withLock { state in
            if let ending = state.ending { return ending }
            if let end = state.writeEnd { close(end) }
            state.writeEnd = nil
            let task = Task.detached { [process = state.process, base] in
                await process.wait()
                await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                    DispatchQueue.global().async {
                        Self.cleanUp(base)
                        continuation.resume()
                    }
                }
            }
            state.ending = task
            return task
        }
        await ending.value
    }

    /// Does what is left of the shell's work when somebody killed the shell; blocks its thread.
    private static func cleanUp(_ base: String) {
        guard access(base, F_OK) == 0 else { return }
        for attempt in 0..<500 {
            guard number(in: base + "/exit") == nil, let id = number(in: base + "/pid"), kill(id, 0) == 0 else { break }
            kill(id, SIGCONT)
            kill(id, attempt < 400 ? SIGQUIT : SIGKILL)
            usleep(20_000)
        }
        try? FileManager.default.removeItem(atPath: base)
    }

    /// Sends a signal to the job and waits until it has ended; its directory stays.
    func halt(signal: String, deadline: ContinuousClock.Instant) async throws {
        try send("stop \(signal)\n")
        while exitStatus == nil {
            guard ContinuousClock.now < deadline else {
                throw EmbeddedPostgresError(
                    .timedOut, "The server had not stopped when its time was up.", log: logTail)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Starts the job again after ``halt(signal:deadline:)``.
    func relaunch() throws {
        // The shell removes them too, but later than the caller looks at them.
        unlink(base + "/exit")
        unlink(base + "/pid")
        try send("start\n")
    }

    /// The job's exit status, nil while it runs.
    var exitStatus: Int32? { Self.number(in: base + "/exit") }

    /// The job's process, nil when it isn't running yet.
    var processID: pid_t? { Self.number(in: base + "/pid") }

    private static func number(in path: String) -> Int32? {
        (try? String(contentsOfFile: path, encoding: .utf8))
            .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The shell's process.
    var shellID: pid_t { state.withLock { $0.process.id } }

    /// The last lines of the log.
    var logTail: String {
        let text = (try? String(contentsOfFile: base + "/log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(12).joined(separator: "\n")
    }

    private func send(_ line: String) throws {
        let written = state.withLock { state -> Bool? in
            guard let end = state.writeEnd else { return nil }
            return Lifeline.write(line, to: end)
        }
        guard written == true else {
            throw EmbeddedPostgresError(.stopped, "The server has been stopped; start another one.")
        }
    }

    /// PostgreSQL's own variables and the locale of the owner must not change what its server does.
    private static func environment(from owner: [String: String]) -> [String: String] {
        var result = ["LC_ALL": "C", "TZ": "UTC", "PATH": owner["PATH"] ?? ""]
        if result["PATH"] == "" { result["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" }
        for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME", "TMPDIR"] { result[name] = owner[name] }
        return result
    }

    /// The part around the job. Variables: `base`, `signal` (how to stop it when the owner is gone), `patience` (seconds
    /// until it is killed). A job ends with `run COMMAND …`.
    ///
    /// `run` writes the process id to `base/pid`, then looks for `base/ended`; `halt` makes `base/ended`, then looks for
    /// the process id: so no job starts behind its end's back. `base` is never writable by the user a job runs as: what
    /// root writes or signals can't be bent by a link or a number put there.
    private static let frame = """
        umask 077
        cd /
        run() {
            "$@" &
            echo $! >"$base/pid"
            [ ! -e "$base/ended" ] || kill -KILL $!
            wait $!
        }
        halt() {
            : >"$base/ended"
            left=$((patience * 50))
            while read -r pid <"$base/pid" && kill -0 "$pid"; do
                # Again each time: what a shell puts in the background ignores INT and QUIT until it sets its own handlers.
                kill -CONT "$pid"; kill "-$1" "$pid"
                left=$((left - 1))
                [ $left -gt 0 ] || kill -KILL "$pid"
                sleep 0.02
            done
            wait
        } 2>/dev/null
        finish() {
            trap '' HUP INT TERM
            halt "$signal"
            rm -rf "$base"
            exit 0
        }
        launch() {
            rm -f "$base/exit" "$base/pid" "$base/ended"
            ( job "$@" </dev/null >>"$base/log" 2>&1; echo $? >"$base/.exit"; mv -f "$base/.exit" "$base/exit" ) &
        }
        trap finish HUP INT TERM
        launch "$@"
        while read -r verb argument; do
            case $verb in
                stop) halt "$argument" ;;
                start) launch "$@" ;;
            esac
        done
        finish
        """
}
