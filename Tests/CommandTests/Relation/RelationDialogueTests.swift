// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Testing

/// `kinship relation` on a terminal, keys and all.
@Suite struct RelationDialogueTests {
    private static let up = "\u{1B}[A"
    private static let down = "\u{1B}[B"
    private static let enter = "\r"
    private static let controlC = "\u{3}"
    private static let controlD = "\u{4}"

    private func project(_ files: [String: String] = SmallShop.definitions) throws -> Tool {
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: files)
        tool.environment = ["KINSHIP_MODELS": "."]
        return tool
    }

    private func relation(_ name: String, of model: String, _ tool: Tool) throws -> String? {
        let schema = try SchemaLoader.load(directory: tool.directory)
        let file = try #require(schema.model(model)?.definition.file)
        let json = try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: file))))
        return json["relations"]?[name]?.description
    }

    private func files(_ tool: Tool) throws -> [String: Data?] {
        let names = try FileManager.default.contentsOfDirectory(atPath: tool.directory)
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: tool.directory + "/" + $0)) })
    }

    @Test func arrowsAndLettersChoose() async throws {
        let tool = try project()
        let session = try TerminalSession(tool, ["relation"])
        #expect(await session.shows("Which model gets the relation?"))
        #expect(await session.shows("> Customer  public.customer"))
        #expect(!session.isPlain)
        session.type(Self.down)
        #expect(await session.shows("> Item"))
        session.type(Self.up + Self.up)
        #expect(await session.shows("> Order"))
        // Letters narrow the list down.
        session.type("te")
        #expect(await session.shows("gets the relation? te"))
        #expect(await session.shows("> Item"))
        #expect(!session.screen.text.contains("Customer"))
        session.type(Self.enter)
        #expect(await session.shows("Which kind of relation?"))
        #expect(await session.shows("[Item otherId] ---> [Other id]"))
        session.type(Self.enter)
        #expect(await session.shows("Which model does it lead to?"))
        session.type("order" + Self.enter)
        #expect(await session.shows("What is it called? order"))
        session.type(Self.enter)
        // The relation back is there, and its key is offered first.
        #expect(await session.shows("> orderId  the key of Order.items"))
        session.type(Self.enter)
        #expect(await session.shows("Options?"))
        session.type(Self.enter)
        #expect(await session.shows("Write the files?"))
        #expect(session.screen.text.contains("+    \"order\""), "\(session.screen.text)")
        session.type(Self.enter)
        #expect(await session.status() == 0)
        #expect(session.isPlain)
        #expect(session.screen.text.contains("changed ./item.json"))
        #expect(
            try relation("order", of: "Item", tool) == #"{"type":"belongsTo","model":"Order","foreignKey":"orderId"}"#)
    }

    @Test func optionsAndTheWayBackAreAskedFor() async throws {
        let tool = try project()
        let session = try TerminalSession(
            tool, ["relation", "--from", "Customer", "--type", "hasMany", "--to", "Item", "--name", "gifts"])
        #expect(await session.shows("Which key of Item?") == false)
        #expect(await session.status() == 0)
        #expect(try relation("gifts", of: "Customer", tool) != nil)

        let other = try TerminalSession(tool, ["relation", "--from", "Customer", "--type", "hasMany"])
        #expect(await other.shows("Which model does it lead to?"))
        other.type("it" + Self.enter)
        #expect(await other.shows("What is it called? items"))
        // A name that is taken is refused; the line can be edited.
        other.type("\u{15}gifts" + Self.enter)
        #expect(await other.shows("Customer has a relation called \"gifts\"."))
        other.type("\u{7F}\u{7F}x" + Self.enter)
        #expect(await other.shows("Which key of Item?"))
        other.type("another" + Self.enter)
        #expect(await other.shows("Which key of Item?"))
        other.type("buyerId" + Self.enter)
        #expect(await other.shows("Options?"))
        other.type(Self.down + Self.enter)
        #expect(await other.shows("nestRemoting  on"))
        other.type("scope" + Self.enter)
        #expect(await other.shows("Which scope, as JSON? {}"))
        other.type("\u{15}{\"limit\"" + Self.enter)
        #expect(await other.shows("It isn't a JSON object"))
        other.type(": 3}" + Self.enter)
        #expect(await other.shows("Options? scope"))
        other.type("no more" + Self.enter)
        #expect(await other.shows("The relation back as well?"))
        other.type(Self.enter)
        #expect(await other.shows("What is it called at Item? buyer"))
        other.type(Self.enter)
        #expect(await other.shows("Write the files?"))
        other.type(Self.enter)
        #expect(await other.status() == 0, "\(other.screen.text)")
        #expect(
            try relation("gifx", of: "Customer", tool)
                == #"{"type":"hasMany","model":"Item","foreignKey":"buyerId","scope":{"limit":3},"options":{"nestRemoting":true}}"#
        )
        #expect(
            try relation("buyer", of: "Item", tool)
                == #"{"type":"belongsTo","model":"Customer","foreignKey":"buyerId"}"#)
    }

    /// The answers of the dialogue, question by question.
    private static let questions = [
        ("Which model gets", "Item" + enter), ("Which kind", enter), ("lead to?", "Customer" + enter),
        ("called?", enter), ("Which key", enter), ("Options?", enter), ("back as well?", enter),
        ("at Customer?", enter), ("Write the files?", enter),
    ]

    @Test(arguments: 0..<questions.count, [(controlC, Int32(130)), (controlD, Int32(66))])
    func leavingChangesNothing(at place: Int, with end: (key: String, status: Int32)) async throws {
        // Ctrl-D ends an empty line only.
        if end.key == Self.controlD, [3, 7].contains(place) { return }
        let tool = try project()
        let before = try files(tool)
        let session = try TerminalSession(tool, ["relation"])
        for (question, answer) in Self.questions[..<place] {
            #expect(await session.shows(question), "\(session.screen.text)")
            session.type(answer)
        }
        #expect(await session.shows(Self.questions[place].0), "\(session.screen.text)")
        session.type(end.key)
        #expect(await session.status() == end.status)
        #expect(session.isPlain)
        #expect(session.screen.text.contains("Nothing was written."), "\(session.screen.text)")
        #expect(try files(tool) == before)
    }

    @Test func noMeansNo() async throws {
        let tool = try project()
        let before = try files(tool)
        let session = try TerminalSession(tool, ["relation"])
        for (question, answer) in Self.questions.dropLast() {
            #expect(await session.shows(question))
            session.type(answer)
        }
        #expect(await session.shows("Write the files?"))
        session.type(Self.down + Self.enter)
        #expect(await session.status() == 1)
        #expect(try files(tool) == before)
    }

    @Test func signalsAndHangUpsLeaveAllAsItWas() async throws {
        let tool = try project()
        let before = try files(tool)
        let session = try TerminalSession(tool, ["relation"])
        #expect(await session.shows("Which model gets"))
        session.send(15)
        #expect(await session.status() == 143)
        #expect(session.isPlain)
        let gone = try TerminalSession(tool, ["relation"])
        #expect(await gone.shows("Which model gets"))
        gone.hangUp()
        #expect(await gone.status() == 66)
        #expect(try files(tool) == before)
    }

    @Test(arguments: [12, 20, 40]) func narrowTerminalsAreEnough(columns: Int) async throws {
        let tool = try project()
        let session = try TerminalSession(tool, ["relation"], columns: columns, rows: 8)
        #expect(await session.shows("> Cust"))
        session.type("Item" + Self.enter)
        #expect(await session.shows("> bel"))
        session.type(Self.down + Self.down + Self.down + Self.down + Self.up)
        #expect(await session.shows("> has"))
        #expect(!session.screen.hasWrapped, "\(session.screen.text)")
        #expect(session.screen.cursor.row < session.screen.rows.count)
        session.type(Self.controlC)
        #expect(await session.status() == 130)
    }

    @Test func namesOfAnyScriptAreChosenAndTyped() async throws {
        let tool = try project([
            "a.json": #"{"name": "Größe", "properties": {"wert": "number"}}"#,
            "b.json": #"{"name": "注文", "properties": {"total": "number"}}"#,
            "c.json": #"{"name": "Kundin", "properties": {"name": "string"}}"#,
        ])
        let session = try TerminalSession(tool, ["relation"], columns: 44)
        #expect(await session.shows("> Größe"))
        session.type("文")
        #expect(await session.shows("> 注文"))
        session.type(Self.enter)
        #expect(await session.shows("Which kind"))
        session.type("embedsm\u{7F}o" + Self.up + Self.enter)
        #expect(await session.shows("Which model does"))
        session.type("GRÖ" + Self.enter)
        #expect(await session.shows("called? größe"))
        // A letter of two code points goes at once.
        session.type("\u{15}e\u{301}te\u{301}\u{7F}\u{7F}e\u{301}äö" + "\u{1B}[D\u{1B}[D日" + Self.enter)
        #expect(await session.shows("Which property keeps"))
        session.type(Self.enter)
        #expect(await session.shows("Options?"))
        session.type(Self.enter)
        #expect(await session.shows("Write the files?"))
        #expect(!session.screen.hasWrapped || session.screen.text.contains("+++"))
        session.type(Self.enter)
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(try relation("e\u{301}e\u{301}日äö", of: "注文", tool) == #"{"type":"embedsOne","model":"Größe"}"#)
    }

    @Test func coloursAreForWhoWantsThem() async throws {
        var tool = try project()
        for isPlain in [false, true] {
            tool.environment["NO_COLOR"] = isPlain ? "1" : nil
            let session = try TerminalSession(tool, ["relation"])
            #expect(await session.shows("> Customer"))
            #expect(session.screen.hasColors == !isPlain)
            session.type(Self.controlC)
            #expect(await session.status() == 130)
        }
        // A terminal that can't move its cursor can hold no dialogue.
        tool.environment["TERM"] = "dumb"
        let dumb = try TerminalSession(tool, ["relation"])
        #expect(await dumb.status() == 64)
        #expect(dumb.screen.text.contains("MISSING_FLAG at --from"))
    }
}
