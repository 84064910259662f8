// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The files of the page, by their names: those of the folder `Explorer`.
enum ExplorerPage {
    static let files: [String: (bytes: [UInt8], type: String)] = [
        "answer.js": (PackageResources.answer_js, "text/javascript; charset=utf-8"),
        "completion.js": (PackageResources.completion_js, "text/javascript; charset=utf-8"),
        "composer.js": (PackageResources.composer_js, "text/javascript; charset=utf-8"),
        "description.js": (PackageResources.description_js, "text/javascript; charset=utf-8"),
        "elements.js": (PackageResources.elements_js, "text/javascript; charset=utf-8"),
        "explorer.css": (PackageResources.explorer_css, "text/css; charset=utf-8"),
        "filter-check.js": (PackageResources.filter_check_js, "text/javascript; charset=utf-8"),
        "filter-form-where.js": (PackageResources.filter_form_where_js, "text/javascript; charset=utf-8"),
        "filter-form.js": (PackageResources.filter_form_js, "text/javascript; charset=utf-8"),
        "filter-parts.js": (PackageResources.filter_parts_js, "text/javascript; charset=utf-8"),
        "filter-text.js": (PackageResources.filter_text_js, "text/javascript; charset=utf-8"),
        "filter-words.js": (PackageResources.filter_words_js, "text/javascript; charset=utf-8"),
        "graph-layout.js": (PackageResources.graph_layout_js, "text/javascript; charset=utf-8"),
        "graph.js": (PackageResources.graph_js, "text/javascript; charset=utf-8"),
        "index.html": (PackageResources.index_html, "text/html; charset=utf-8"),
        "json-text.js": (PackageResources.json_text_js, "text/javascript; charset=utf-8"),
        "main.js": (PackageResources.main_js, "text/javascript; charset=utf-8"),
        "models.js": (PackageResources.models_js, "text/javascript; charset=utf-8"),
        "request.js": (PackageResources.request_js, "text/javascript; charset=utf-8"),
        "rows.js": (PackageResources.rows_js, "text/javascript; charset=utf-8"),
        "settings.js": (PackageResources.settings_js, "text/javascript; charset=utf-8"),
        "tree.js": (PackageResources.tree_js, "text/javascript; charset=utf-8"),
    ]
}
