// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where an application keeps the records of a model, as its `model-config.json` says it (D38).
public enum Attachment: Sendable, Hashable {
    /// In PostgreSQL: the model needs its table.
    case attached
    /// In a data source that isn't PostgreSQL, such as a mail server.
    case elsewhere(dataSource: String)
    /// Nowhere: the model isn't listed, or its `dataSource` is null.
    case nowhere
    /// Nowhere, and all that is known of it is its name: it has a file that `model-config.json` doesn't list.
    case unlisted
    /// The model is LoopBack's own, and only there because another one refers to it.
    case implied

    /// Whether the model may do without a table. One that is there, with all its columns, is used all the same: programs
    /// attach models in code too.
    var isLoose: Bool { self != .attached }

    /// The reason why a model has no table, to follow its name in a message.
    package var reason: String {
        switch self {
        case .attached: "is attached"
        case .elsewhere(let source): "is attached to the data source \"\(source)\", which isn't PostgreSQL"
        case .nowhere: "is attached to no data source in model-config.json"
        case .unlisted: "isn't listed in model-config.json"
        case .implied: "is only there because another model refers to it"
        }
    }
}
