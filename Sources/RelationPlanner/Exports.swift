// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// `import RelationPlanner` is all that a program needs to plan: models, values and errors of requests live in this module, whose
// types are in nearly every signature here.
@_exported public import KinshipSchema
