// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#pragma once

#if defined(__linux__)
#include <crypt.h>
#endif
