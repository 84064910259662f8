// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import KinshipCommand

/// Several files are written, or none.
@Suite struct FileChangesTests {
    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private func changes(_ folder: String) -> FileChanges {
        FileChanges(changes: [
            .init(path: folder + "/a.json", old: Array("a".utf8), new: Array("A".utf8)),
            .init(path: folder + "/new.json", old: nil, new: Array("N".utf8)),
            .init(path: folder + "/b.json", old: Array("b".utf8), new: Array("B".utf8)),
        ])
    }

    @Test func filesKeepTheirRightsAndLinks() throws {
        let folder = try SmallShop.folder(of: ["a.json": "a", "real": "b"])
        try FileManager.default.createSymbolicLink(atPath: folder + "/b.json", withDestinationPath: folder + "/real")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder + "/a.json")
        try changes(folder).write()
        #expect(text(folder + "/a.json") == "A" && text(folder + "/real") == "B" && text(folder + "/new.json") == "N")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/b.json") == folder + "/real")
        let rights = try FileManager.default.attributesOfItem(atPath: folder + "/a.json")[.posixPermissions] as? Int
        #expect(rights == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
    }

    @Test func whatWasChangedMeanwhileIsLeftAlone() throws {
        let folder = try SmallShop.folder(of: ["a.json": "a", "b.json": "mine"])
        #expect(throws: GeneratorError.self) { try changes(folder).write() }
        #expect(text(folder + "/a.json") == "a" && text(folder + "/b.json") == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.json", "b.json"])
        let taken = try SmallShop.folder(of: ["a.json": "a", "b.json": "b", "new.json": "mine"])
        do {
            try changes(taken).write()
            Issue.record("It wrote over a file that wasn't there before.")
        } catch {
            #expect(error.code == .fileChanged && error.subject == taken + "/new.json")
        }
        #expect(text(taken + "/a.json") == "a" && text(taken + "/new.json") == "mine")
    }

    @Test func whatCannotBeFinishedIsPutBack() throws {
        for stop in 0..<3 {
            let folder = try SmallShop.folder(of: ["a.json": "a", "b.json": "b"])
            var count = 0
            do {
                try changes(folder).write { from, to in
                    count += 1
                    guard count != stop + 1 else {
                        errno = EIO
                        return -1
                    }
                    return rename(from, to)
                }
                Issue.record("It didn't tell.")
            } catch {
                #expect(error.code == .notWritten && error.message.hasSuffix("Nothing was written."))
            }
            #expect(text(folder + "/a.json") == "a" && text(folder + "/b.json") == "b")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.json", "b.json"])
        }
    }

    @Test func aFolderThatIsNotThereIsSaid() throws {
        let changes = FileChanges(changes: [.init(path: "/dev/null/x/a.json", old: nil, new: [])])
        do {
            try changes.write()
            Issue.record("There is no such folder.")
        } catch {
            #expect(error.code == .notWritten)
        }
    }

    /// Who comes second is told, however many there are: what somebody was told is written is there.
    @Test func nobodysChangeIsLost() async throws {
        let folder = try SmallShop.folder(of: ["a.json": ""])
        let told = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let old = FileManager.default.contents(atPath: folder + "/a.json").map { Array($0) } ?? []
                    let change = FileChanges.Change(
                        path: folder + "/a.json", old: old, new: old + Array("\(number);".utf8))
                    return (try? FileChanges(changes: [change]).write()) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(told > 0 && text(folder + "/a.json")?.split(separator: ";").count == told)
        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let change = FileChanges.Change(path: folder + "/n.json", old: nil, new: Array("\(number)".utf8))
                    return (try? FileChanges(changes: [change]).write()) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }

    /// `link/..` is the folder above the one that the link leads to, as it is for who reads the models.
    @Test func linksAheadOfAFolderAboveAreFollowed() throws {
        let folder = try SmallShop.folder(of: ["a.json": "no", "deep/a.json": "a", "deep/server/x": ""])
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/server", withDestinationPath: folder + "/deep/server")
        try FileChanges(changes: [
            .init(path: folder + "/server/../a.json", old: Array("a".utf8), new: Array("A".utf8)),
            .init(path: folder + "/server/../models/n.json", old: nil, new: Array("N".utf8)),
        ]).write()
        #expect(text(folder + "/a.json") == "no" && text(folder + "/deep/a.json") == "A")
        #expect(text(folder + "/deep/models/n.json") == "N")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/gone.json", withDestinationPath: folder + "/nowhere")
        let gone = FileChanges(changes: [.init(path: folder + "/gone.json", old: nil, new: [])])
        #expect(throws: GeneratorError.self) { try gone.write() }
        #expect(!FileManager.default.fileExists(atPath: folder + "/nowhere"))
        // What isn't read as a file is there all the same.
        try FileManager.default.createDirectory(atPath: folder + "/taken.json", withIntermediateDirectories: false)
        let taken = FileChanges(changes: [.init(path: folder + "/taken.json", old: nil, new: [])])
        #expect(throws: GeneratorError.self) { try taken.write() }
    }

    @Test func differencesAreShownWithWhatIsAroundThem() {
        let before: [String] = (1...20).map { "line \($0)" }
        var after = before
        after[18] = "other"
        after.insert("more", at: 10)
        func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
        let (old, new) = (bytes(before), bytes(after))
        #expect(
            TextDiff(from: old, to: new).text(of: "a.json", isNew: false, Style(isOn: false)) == """
                --- a.json
                +++ a.json
                @@ -8,6 +8,7 @@
                 line 8
                 line 9
                 line 10
                +more
                 line 11
                 line 12
                 line 13
                @@ -16,5 +17,5 @@
                 line 16
                 line 17
                 line 18
                -line 19
                +other
                 line 20

                """)
        #expect(TextDiff(from: old, to: old).text(of: "a", isNew: false, Style(isOn: false)) == "")
        #expect(
            TextDiff(from: nil, to: Array("a\nb".utf8)).text(of: "a", isNew: true, Style(isOn: false))
                == "--- /dev/null\n+++ a\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n")
    }

    /// What a file has that a terminal would obey is shown; white space that lays it out stays.
    @Test func nothingInAFileIsObeyed() {
        let old = Array("{\n\t\"a\": \"\u{9b}2J\u{202e}\",\r\t\"b\": 1\n}\n".utf8)
        let text = TextDiff(from: old, to: old + Array("\n".utf8)).text(of: "a", isNew: false, Style(isOn: false))
        #expect(text.contains("\n \t\"a\": \"\\u{9b}2J\\u{202e}\",\\r\t\"b\": 1\n"), "\(text)")
    }
}
