// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Filter.Cursor {
    /// How a row's own value is known to be the one that a cursor shows, for types of which less is shown than there is (B6).
    package enum Shown: Sendable, Hashable {
        /// Instants have milliseconds (K9): the last value that is shown as the cursor's is, which is the first.
        case upTo(BoundValue)
        /// What stands at a JSON path is ordered by its text and shown as JSON: this.
        case json(BoundValue)
        /// JSON in a text column, whose spaces are anybody's, or what may be JSON's null: whatever the row has.
        case anything

        /// nil for values that are shown as they are.
        init?(_ json: JSONValue, _ value: BoundValue, _ term: OrderTerm, _ property: Property) {
            guard term.operand.path.isEmpty else {
                guard json != .null, let contents = ValueReader.contents(json, .jsonb, .any) else { return nil }
                self = .json(BoundValue(.jsonb, contents))
                return
            }
            switch (value.type.category, property.kind) {
            case (.timestamp, _), (.timestamptz, _), (.array, _):
                guard let last = Self.last(json, value.contents) else { return nil }
                self = .upTo(BoundValue(value.type, last))
            case (.text, .object), (.text, .array), (.text, .any), (.text, .model): self = .anything
            // JSON has a null of its own.
            case (.jsonb, _) where json == .null: self = .anything
            default: return nil
            }
        }

        /// The last instant, or list of instants, that is shown alike; nil for other values.
        private static func last(_ json: JSONValue, _ contents: BoundValue.Contents) -> BoundValue.Contents? {
            switch contents {
            case .timestamp(let first):
                let isWhole = first % 1000 == 0 && !hasMicroseconds(json)
                return .timestamp(isWhole ? first + 999 : first)
            case .array(let elements):
                guard elements.contains(where: { if case .timestamp = $0 { true } else { false } }) else { return nil }
                let texts = json.listElements ?? []
                return .array(
                    elements.enumerated().map { position, element in
                        last(position < texts.count ? texts[position] : .null, element) ?? element
                    })
            default: return nil
            }
        }

        /// Whether more digits of the second are written than are shown otherwise.
        private static func hasMicroseconds(_ json: JSONValue) -> Bool {
            guard case .string(let text) = json, let point = text.utf8.lastIndex(of: UInt8(ascii: ".")) else {
                return false
            }
            return text.utf8[point...].dropFirst().prefix { (48...57).contains($0) }.count > 3
        }
    }
}
