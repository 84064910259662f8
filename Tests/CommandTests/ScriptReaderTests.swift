// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import KinshipCommand

/// What is recognised in JavaScript, which is only looked at.
@Suite struct ScriptReaderTests {
    private func found(_ text: String, isOfModel: Bool = true) -> [String] {
        ScriptReader.findings(in: ScriptLexer.tokens(of: Array(text.utf8)), isOfModel: isOfModel).map { finding in
            "\(finding.kind.rawValue)\(finding.name.map { " \($0)" } ?? "") \(finding.line)"
        }
    }

    @Test(
        arguments: [
            ("module.exports = function(Note) { Note.archive = cb => cb(); };", ["method of the model archive 1"]),
            ("module.exports = (Note) => { Note.archive = async () => 1; };", ["method of the model archive 1"]),
            ("module.exports = Note => {\nNote.prototype.x = function() {};\n};", ["method of records x 2"]),
            ("module.exports = async function make(Note) { Other.archive = function() {}; };", []),
            ("// X.observe('access')\n/* X.observe('access') */ X.observe('access', f)", ["operation hook access 2"]),
            (
                "var s = \"X.observe('access')\"; var r = /X.observe('access')/; X.observe(`loaded`, f)",
                ["operation hook loaded 1"]
            ),
            ("var half = a / 2; X.observe('access', f); var b = c / 2;", ["operation hook access 1"]),
            ("X.observe(name, f); X.observe('a' + b, f)", ["operation hook 1", "operation hook 1"]),
            ("X.observe('it\\'s \"odd\"; drop\u{1B}', f)", ["operation hook 1"]),
            ("const t = `a\n${X.observe('access')}\n`; X.remoteMethod('m', {})", ["remote method m 3"]),
            (
                "app.use('/x', f); app.use(f); other.use(f); app.post('/y', f); app.post(z)",
                ["route POST /y 1", "middleware /x 1", "middleware 1"]
            ),
            ("require('lodash'); require('./x'); require('fs'); require('lodash')", ["package lodash 1"]),
            ("X.hasMany(Y, {as: 'ys'}); X.belongsTo('Y', {})", ["relation hasMany 1", "relation belongsTo Y 1"]),
        ] as [(String, [String])])
    func namesOfLoopBackAreRecognised(text: String, expected: [String]) {
        #expect(Set(found(text)) == Set(expected))
    }

    @Test(arguments: [
        ("'use strict';\n\nmodule.exports = function(Note) {\n\n};\n", false),
        ("module.exports = Note => {};", false),
        ("// nothing\n", false),
        ("", false),
        ("module.exports = function(Note) { Note.x = 1; };", true),
        ("console.log('x')", true),
    ])
    func whatTheGeneratorWritesIsNoCode(text: String, holdsCode: Bool) {
        #expect(ScriptReader.holdsCode(ScriptLexer.tokens(of: Array(text.utf8))) == holdsCode)
    }

    /// Whatever the bytes are, reading ends.
    @Test func anyBytesAreRead() {
        let pieces = [
            "module.exports = ", "function(", "X", ")", "{", "}", "'", "\"", "`", "${", "\\", "/", "*", "//", "/*",
            "*/",
            ".observe(", "require(", "\n", "=>", "\u{0}", "\u{FF}", "é", "[", "]", "process.env.",
        ]
        var random = SeededRandom(7)
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            let bytes = Array(text.utf8)
            let tokens = ScriptLexer.tokens(of: Array(bytes.dropLast(Int.random(in: 0...2, using: &random))))
            _ = ScriptReader.findings(in: tokens, isOfModel: true)
            _ = ScriptReader.holdsCode(tokens)
            #expect(tokens.count <= bytes.count)
        }
    }
}
