// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A rule of Documentation/Semantics.md that a LoopBack project's models or settings touch.
enum TouchedRule: String, CaseIterable {
    case k1 = "K1"
    case k5 = "K5"
    case k6 = "K6"
    case k8 = "K8"
    case k9 = "K9"
    case d3 = "D3"
    case d4 = "D4"
    case d5 = "D5"
    case d6 = "D6"
    case d8 = "D8"
    case d9 = "D9"
    case d10 = "D10"
    case d11 = "D11"
    case d12 = "D12"
    case d13 = "D13"
    case d14 = "D14"
    case d15 = "D15"
    case d16 = "D16"
    case d17 = "D17"
    case d18 = "D18"
    case d20 = "D20"
    case d21 = "D21"
    case d22 = "D22"
    case d24 = "D24"
    case d25 = "D25"
    case d26 = "D26"
    case d28 = "D28"
    case d29 = "D29"
    case d30 = "D30"
    case d31 = "D31"
    case d32 = "D32"
    case d36 = "D36"
    case d37 = "D37"
    case d38 = "D38"
    case d40 = "D40"
    case b7 = "B7"
    case b9 = "B9"
    case b10 = "B10"

    /// Whether it says what is as in LoopBack.
    var isKept: Bool { rawValue.hasPrefix("K") }

    /// What holds here.
    var text: String {
        switch self {
        case .k1: "tables without a name of their own have the model's, in lower case"
        case .k5: "hidden properties never leave the process"
        case .k6: "`destroy` of a belongsTo empties the key and keeps the target"
        case .k8: "a target that is linked twice appears twice; links without a target are skipped"
        case .k9: "dates are ISO 8601, UTC, with milliseconds and `Z`"
        case .d3: "all operators on a property count, not only the first"
        case .d4: "`not` and `nor` work; LoopBack ignores them"
        case .d5: "an empty condition in an `or` is true, and an empty `or` is refused; LoopBack drops them"
        case .d6: "a null in `inq` matches NULL, one in `nin` leaves NULL out"
        case .d8: "all keys of an include object are loaded, not only the first"
        case .d9: "a relation that is included twice is read once, with both scopes; in LoopBack the last wins"
        case .d10: "`limit`, `skip` and `order` of an included relation hold for each parent"
        case .d11: "the scope of a relation through links holds in includes too, where LoopBack ignores it"
        case .d12:
            "scope and properties of a through relation are the target's; write `through: {model, scope, properties}` for the links"
        case .d13: "a to-one relation without a record is `null`; LoopBack leaves it out"
        case .d14: "`fields` without the key of an include work, and show no key"
        case .d15: "a second record of a hasOne is 409 `RELATION_EXISTS`, a violated constraint 409, not 500"
        case .d16: "`skip` without `limit` stops nowhere; LoopBack stops after 100 rows"
        case .d17: "`NULLS FIRST` and `NULLS LAST` are kept"
        case .d18: "an unknown polymorphic type is `null` and a warning; LoopBack fails the whole request"
        case .d20: "a hasOne with several records shows the first, LoopBack the last"
        case .d21:
            "referencesMany keeps the stored order unless one is asked; counts and deletes concern its records alone"
        case .d22: "embedded lists take whole filters, and change without losing others' changes"
        case .d24: "creating through a relation with another key than the parent's is 400 `KEY_OVERRIDE`"
        case .d25: "target and link are written in one transaction"
        case .d26: "conditions inside JSON compare numbers as numbers and text as text"
        case .d28: "conditions on hidden properties are 400 `PROHIBITED_PROPERTY`; LoopBack drops them"
        case .d29: "including a disabled relation is 400 `INCLUDE_DISABLED`; LoopBack leaves it out"
        case .d30: "numbers of `numeric` and `bigint` have all their digits; LoopBack loses some, or makes them text"
        case .d31: "chained named scopes don't change each other"
        case .d32: "a default scope can be left out with `unscoped`"
        case .d36: "spaces in `order` don't matter"
        case .d37: "array, JSON and text search operators need no switch, and their values are bound"
        case .d38: "models that are listed nowhere or attached nowhere have no table; mixins are named, not run"
        case .d40:
            "rules of a target hold on relation routes and in includes too; a model with rules of which none matches is closed"
        case .b7: "relations can have composite keys"
        case .b9: "conditions compare the column's own type, and text that is none of it is `INVALID_VALUE`"
        case .b10: "a `date` column is midnight UTC; `\"2026-03-31\"` is the day"
        }
    }
}
