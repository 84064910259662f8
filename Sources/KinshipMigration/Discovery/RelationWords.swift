// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The words that relations are called by.
enum RelationWords {
    /// What a key's column is about: `customer_id` and `customerId` are about a customer.
    ///
    /// Without a suffix that says "key", the name of the column pointed at is one: `coupon_code`, `studentNumber`.
    static func stem(of column: String, pointingAt target: String) -> String {
        for suffix in ["_id", "_uuid", "_fk", "_key"] where column.lowercased().hasSuffix(suffix) {
            if column.count > suffix.count { return Inflection.camelCase(String(column.dropLast(suffix.count))) }
        }
        for suffix in ["Id", "ID", "Uuid", "UUID", "Fk"] where column.hasSuffix(suffix) && column.count > suffix.count {
            return Inflection.camelCase(String(column.dropLast(suffix.count)))
        }
        for suffix in ["_" + target, capitalized(target)] where column.hasSuffix(suffix) && column.count > suffix.count
        {
            return Inflection.camelCase(String(column.dropLast(suffix.count)))
        }
        return Inflection.camelCase(column)
    }

    /// The other side of a key to records of the same kind: a parent's children.
    static func opposite(of stem: String) -> String {
        if let word = opposites[stem] { return word }
        // What is a duplicate of something is among its duplicates.
        if stem.hasSuffix("Of"), stem.count > 2 { return Inflection.plural(String(stem.dropLast(2))) }
        return stem + "Of"
    }

    /// What somebody in a role has done: an author's are authored, what was created by somebody is created.
    static func participle(of stem: String) -> String? {
        if stem.hasSuffix("By"), stem.count > 2 { return String(stem.dropLast(2)) }
        return participles[stem]
    }

    /// `orderItem` of `OrderItem`.
    static func uncapitalized(_ name: String) -> String { (name.first?.lowercased() ?? "") + name.dropFirst() }

    /// `OrderItem` of `orderItem`.
    static func capitalized(_ name: String) -> String { (name.first?.uppercased() ?? "") + name.dropFirst() }

    /// Several of them; words that are the same for one and many stay.
    static func plural(_ word: String) -> String {
        invariant.contains { word.lowercased().hasSuffix($0) } ? word : Inflection.plural(word)
    }

    /// `OrderItem` of `order_items`: letters, digits and underscores, whatever the table's name has, for it becomes a file's as well.
    static func modelName(of table: String) -> String {
        let plain = String(table.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
        var name = capitalized(Inflection.camelCase(plain))
        if name.first?.isLetter != true { name = "Model" + name }
        return invariant.contains { name.lowercased().hasSuffix($0) } ? name : Inflection.singular(name)
    }

    private static let invariant = ["staff", "series", "species", "news", "equipment", "information"]

    private static let opposites = [
        "parent": "children", "manager": "reports", "boss": "reports", "supervisor": "supervisees",
        "mentor": "mentees", "replyTo": "replies", "inReplyTo": "replies", "referredBy": "referrals",
        "referrer": "referrals", "invitedBy": "invitees", "inviter": "invitees", "previous": "following",
        "predecessor": "successors", "successor": "predecessors", "leader": "followers", "owner": "owned",
        "original": "copies", "master": "details", "teacher": "pupils", "follower": "following",
        "followee": "followers", "followed": "followers", "blocker": "blocked", "ancestor": "descendants",
        "descendant": "ancestors", "child": "parents",
    ]

    private static let participles = [
        "author": "authored", "creator": "created", "owner": "owned", "editor": "edited", "reviewer": "reviewed",
        "reporter": "reported", "assignee": "assigned", "assigner": "assigned", "uploader": "uploaded",
        "sender": "sent", "recipient": "received", "receiver": "received", "buyer": "bought", "seller": "sold",
        "approver": "approved", "publisher": "published", "translator": "translated", "organizer": "organized",
        "organiser": "organised", "host": "hosted", "winner": "won", "loser": "lost", "leader": "led", "lead": "led",
        "manager": "managed", "moderator": "moderated", "watcher": "watched", "voter": "voted", "follower": "followed",
        "speaker": "held", "inspector": "inspected", "driver": "driven", "requester": "requested",
        "submitter": "submitted", "payer": "paid", "maker": "made", "writer": "written", "designer": "designed",
        "developer": "developed", "tester": "tested", "caller": "called", "borrower": "borrowed", "lender": "lent",
    ]
}
