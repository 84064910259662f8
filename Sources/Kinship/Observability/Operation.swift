// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a database is asked to do, as spans and metrics name it: by the method.
enum Operation: String, Sendable {
    case find, findOne, findById, findByIds, count, aggregate, exists, related, relatedCount, relatedFindById,
        relatedExists,
        stream
    case create, createAll, updateById, updateAll, replaceById, replaceOrCreate, upsert, upsertWithWhere, findOrCreate,
        deleteById, deleteAll
    case createGraph
    case createRelated, findOrCreateRelated, updateRelated, replaceRelated, updateAllRelated, addRelated, removeRelated,
        setRelated, deleteRelated, deleteAllRelated
    case call
    case explain
}
