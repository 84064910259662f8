#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Kinship authors

"""Shows how the rooms (folders) of a Swift module lean on each other.

    rooms.py Sources/RelationPlanner                 # the whole picture
    rooms.py --check Sources/*                       # only the circles; exit status 1 when there are any
    rooms.py --from Filter --to Scope Sources/Planner   # every tie of one arrow, with its lines

Swift has no imports inside a module, so nothing in a file says what it leans on. This reads the text instead:
comments and string literals are left out (what is interpolated in a string counts), declarations are collected, and an
identifier that names a declaration of another file is a tie to it. There are three classes of ties:

    uses      the file names a type, or calls a free function, that another file declares
    extends   the file has an extension of a type that is declared in another room
    reaches   the file uses a member that such an extension adds: the way back that no type's name betrays

For each circle of rooms the order is shown that the fewest ties go against: those are the ones to look at.

Limits. All is by name: a generic parameter or a local type that is called like a type of the module is taken for it,
and a file that handles values of a type without ever naming it shows no tie. `reaches` counts only member names that
are declared in one file (of a type that the file itself is a part of: one file of that type's), and never those of
the standard library: it misses overloads, and can take a local name for a member.
"""
import argparse
import pathlib
import re
import sys
from collections import Counter, defaultdict

TYPES = {"struct", "class", "enum", "actor", "protocol", "extension", "typealias"}
DECLARATIONS = TYPES | {"func", "var", "let", "init", "subscript", "case", "macro", "associatedtype", "operator"}
TOKEN = re.compile(r"`?[A-Za-z_]\w*`?|[^\s\w]")
STRING = re.compile(r'(#*)("""|")')
# Members of the standard library that a module's own extension may be called like.
STANDARD = set("""
    all allSatisfy any append bytes capacity compactMap contains count description dropFirst dropLast elements
    elementsEqual encode decode endIndex enumerated filter first firstIndex flatMap forEach hash hashValue id index
    indices init insert isEmpty joined keys last lastIndex lazy lowercased map max min next prefix random rawValue read
    reduce remove removeAll removeFirst removeLast reserveCapacity reversed reverse shuffled sort sorted split
    startIndex subtracting suffix sum swapAt text union uppercased utf8 value values write zip
    """.split())


# --- Reading ---------------------------------------------------------------------------------------------------------

def code_only(text):
    """The text with comments and string literals blanked; lines and interpolated code stay where they are."""
    out, i, n = list(text), 0, len(text)
    strings = []  # (hashes, is multi-line, depth of parentheses inside the interpolation being read)

    def blank(start, end):
        for k in range(start, min(end, n)):
            if out[k] != "\n":
                out[k] = " "

    def in_string(i, hashes, many):
        """From just inside a literal to its end or to an interpolation."""
        close, escape = ('"""' if many else '"') + "#" * hashes, "\\" + "#" * hashes
        start = i
        while i < n:
            if text.startswith(escape, i):
                i += len(escape)
                if i < n and text[i] == "(":
                    strings.append([hashes, many, 1])
                    blank(start, i)
                    return i + 1
                i += 1
            elif text.startswith(close, i):
                blank(start, i + len(close))
                return i + len(close)
            else:
                i += 1
        blank(start, n)
        return n

    while i < n:
        if text.startswith("//", i):
            end = text.find("\n", i)
            end = n if end < 0 else end
            blank(i, end)
            i = end
        elif text.startswith("/*", i):
            depth, k = 1, i + 2
            while k < n and depth:
                if text.startswith("/*", k):
                    depth, k = depth + 1, k + 2
                elif text.startswith("*/", k):
                    depth, k = depth - 1, k + 2
                else:
                    k += 1
            blank(i, k)
            i = k
        elif match := STRING.match(text, i):
            blank(i, match.end())
            i = in_string(match.end(), len(match[1]), match[2] == '"""')
        elif strings and text[i] in "()":
            strings[-1][2] += 1 if text[i] == "(" else -1
            i += 1
            if strings[-1][2] == 0:
                hashes, many, _ = strings.pop()
                i = in_string(i, hashes, many)
        else:
            i += 1
    return "".join(out)


class File:
    """What one file declares, and the identifiers it mentions."""

    def __init__(self, root, path):
        self.path = path.relative_to(root)
        self.room = str(self.path.parent) if self.path.parent != pathlib.Path(".") else "(top)"
        self.types = {}        # qualified name → whether only this file sees it
        self.functions = set()
        self.members = []      # (type, name, whether in an extension, whether static)
        self.extended = {}     # type → line
        self.mentions = []     # (name, line, "", "." or "implicit" for `.name`, the dotted path here, what follows)
        lines = code_only(path.read_text(encoding="utf-8")).splitlines()
        self.tokens = [(t.strip("`"), number) for number, line in enumerate(lines, 1)
                       if not re.match(r"\s*((public|internal|package|private|fileprivate|@\w+)\s+)*import\s", line)
                       for t in TOKEN.findall(line)]
        self.lines = len(lines)
        self.read()

    def text(self, k):
        return self.tokens[k][0] if 0 <= k < len(self.tokens) else ""

    def path_at(self, k):
        parts = [self.text(k)]
        while self.text(k + 1) == "." and re.match(r"[A-Za-z_]", self.text(k + 2)):
            parts.append(self.text(k + 2))
            k += 2
        return parts

    def read(self):
        scopes, pending, declared = [], None, set()
        for k, (token, line) in enumerate(self.tokens):
            if token == "{":
                scopes.append(pending or ("block", ""))
                pending = None
            elif token == "}":
                if scopes:
                    scopes.pop()
                pending = None
            elif token in DECLARATIONS and self.text(k - 1) != ".":
                inside = scopes[-1] if scopes else None
                following = self.text(k + 1)
                if token == "class" and following in DECLARATIONS | {"override"} or \
                        token == "actor" and not re.match(r"[A-Z]", following):
                    continue
                at_type = inside is None or inside[0] in ("type", "extension")
                if token == "extension":
                    name = ".".join(self.path_at(k + 1))
                    declared.add(k + 1)
                    self.extended.setdefault(name, line)
                    pending = ("extension", name)
                elif token in TYPES:
                    outer = inside[1] + "." if inside and at_type and inside[1] else ""
                    if at_type:
                        before = {self.text(k - d) for d in (1, 2, 3)}
                        self.types[outer + following] = bool(before & {"private", "fileprivate"}) and not outer
                    declared.add(k + 1)
                    if token != "typealias":
                        pending = ("type", outer + following) if at_type else ("block", "")
                else:
                    if at_type and token not in ("init", "subscript", "associatedtype"):
                        declared.add(k + 1)
                        if inside:
                            is_static = "static" in (self.text(k - 1), self.text(k - 2))
                            self.members.append((inside[1], following, inside[0] == "extension", is_static))
                        elif token == "func":
                            self.functions.add(following)
                    if token in ("func", "init", "subscript"):
                        pending = ("block", "")
            if k not in declared and re.match(r"[A-Za-z_]", token):
                dotted = ""
                if self.text(k - 1) == ".":
                    dotted = "." if re.match(r"[\w)\]?!}]", self.text(k - 2)) else "implicit"
                    if self.text(k - 2) in ("case", "return", "in", "default", "else", "if", "where", "try"):
                        dotted = "implicit"
                self.mentions.append((token, line, dotted, self.path_at(k), self.text(k + 1)))


class Module:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = [File(self.root, path) for path in sorted(self.root.rglob("*.swift"))]
        self.home = {}                       # qualified type → file
        for file in self.files:
            for name, is_private in file.types.items():
                if not is_private:
                    self.home.setdefault(name, file)
        self.ties = []                       # (from, to, class, name, line)
        self.find_ties()

    def find_ties(self):
        functions = defaultdict(list)        # free function → files
        members = defaultdict(set)           # member → (file, type, whether in an extension, whether static)
        for file in self.files:
            for name in file.functions:
                functions[name].append(file)
            for type_, name, in_extension, is_static in file.members:
                members[name].add((file, type_, in_extension, is_static))
        for file in self.files:
            own = set(file.types) | set(file.extended)
            declared = {name for _, name, _, _ in file.members}
            for name, line in file.extended.items():
                home = self.home.get(name)
                if home and home.room != file.room:
                    self.ties.append((file, home, "extends", name, line))
            for name, line, dotted, path, following in file.mentions:
                if not dotted:
                    target = self.resolve(name, path, file, own)
                    if target:
                        if target[0] is not file:
                            self.ties.append((file, target[0], "uses", target[1], line))
                        continue
                    if following == "(" and name in functions and name not in members:
                        for home in functions[name]:
                            if home is not file:
                                self.ties.append((file, home, "uses", name + "()", line))
                        continue
                if name in declared or name in STANDARD or name in functions:
                    continue
                # A call among the parts of one type; else a member that no other file of the module declares.
                parts = {place for place in members[name] if place[1] in own} if following == "(" else ()
                places = parts or (members[name] if dotted else ())
                if len({place[0] for place in places}) == 1:
                    home, type_, in_extension, is_static = next(iter(places))
                    if in_extension and self.home.get(type_) is not home and (is_static or dotted != "implicit"):
                        self.ties.append((file, home, "reaches", f"{type_}.{name}", line))

    def resolve(self, name, path, file, own):
        """The file and the longest known type that a dotted path begins with."""
        outer = [type_ for type_ in own if f"{type_}.{name}" in self.home]
        if outer:
            found = f"{outer[0]}.{name}"
        elif name in self.home and not file.types.get(name):
            found = name
        else:
            return None
        for part in path[1:]:
            if f"{found}.{part}" not in self.home:
                break
            found += "." + part
        return self.home[found], found


# --- Circles ---------------------------------------------------------------------------------------------------------

def circles(nodes, edges):
    """Strongly connected components of more than one node, largest first (Tarjan, without recursion)."""
    index, low, on, stack, found = {}, {}, set(), [], []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(sorted(edges[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on.add(target)
                    work.append((target, iter(sorted(edges[target]))))
                    break
                if target in on:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1:
                        found.append(sorted(component))
    return sorted(found, key=len, reverse=True)


def best_order(rooms, weight):
    """The order, users first, against which the least weight goes: exact, by dynamic programming over subsets."""
    if len(rooms) > 16:
        return sorted(rooms, key=lambda room: sum(weight(other, room) - weight(room, other) for other in rooms))
    best = {0: (0, ())}  # bits of the rooms placed so far, at the bottom → (cost, order from the bottom)
    for bits in range(1, 1 << len(rooms)):
        choices = []
        for i, room in enumerate(rooms):
            if bits >> i & 1:
                cost, order = best[bits ^ 1 << i]
                # What is below must not lean on the room placed above it.
                choices.append((cost + sum(weight(other, room) for other in order), order + (room,)))
        best[bits] = min(choices)
    return list(reversed(best[(1 << len(rooms)) - 1][1]))


# --- Showing ---------------------------------------------------------------------------------------------------------

def examples(ties, most=4):
    counts = Counter(name if class_ != "reaches" else name + "*" for _, _, class_, name, _ in ties)
    shown = ", ".join(f"{name} {count}" for name, count in counts.most_common(most))
    return shown + (f", … ({len(counts)} names)" if len(counts) > most else "")


def show(module, options):
    between = defaultdict(list)
    for tie in module.ties:
        if tie[0].room != tie[1].room:
            between[tie[0].room, tie[1].room].append(tie)
    rooms = sorted({file.room for file in module.files})
    arrows = defaultdict(set)
    for one, other in between:
        arrows[one].add(other)
    found = circles(rooms, arrows)

    if options.source or options.target:
        for (one, other), ties in sorted(between.items()):
            if options.source in (None, one) and options.target in (None, other):
                for file, home, class_, name, line in ties:
                    print(f"{file.path}:{line}: {class_} {name} ({home.path})")
        return bool(found)

    print(f"# {module.root}: {len(module.files)} files in {len(rooms)} rooms, "
          f"{sum(file.lines for file in module.files)} lines\n")
    if not options.check:
        print("## Arrows (ties, files; classes; examples; * = found by a member's name)\n")
        for (one, other), ties in sorted(between.items()):
            classes = Counter(tie[2] for tie in ties)
            back = "  ↩" if (other, one) in between else ""
            print(f"{one} → {other}{back}  {len(ties)} ties from {len({t[0] for t in ties})} files to "
                  f"{len({t[1] for t in ties})}; {', '.join(f'{c} {k}' for k, c in classes.most_common())}; "
                  f"{examples(ties)}")
        print()
    print(f"## Circles between rooms: {len(found) or 'none'}\n")
    for component in found:
        order = best_order(component, lambda one, other: len(between.get((one, other), ())))
        print("  " + " > ".join(order) + "    (each may lean on those after it; against that:)")
        for position, one in enumerate(order):
            for other in order[:position]:
                if ties := between.get((one, other)):
                    print(f"    {one} → {other}: {len(ties)} ties, {len(between.get((other, one), ()))} the other way")
                    by_files = defaultdict(list)
                    for tie in ties:
                        by_files[tie[0].path, tie[1].path].append(tie)
                    for (source, target), some in sorted(by_files.items(), key=lambda item: -len(item[1])):
                        print(f"        {source} → {target}: {examples(some, 6)}")
        print()
    if options.check:
        return bool(found)

    used, users = defaultdict(set), defaultdict(set)
    for file, home, class_, _, _ in module.ties:
        used[file.path].add(home.path)
        users[home.path].add(file.path)
    print("\n## Circles between files\n")
    groups = circles([file.path for file in module.files], used)
    for component in groups:
        print(f"{len(component)} files: " + ", ".join(str(path) for path in component))
    print("" if groups else "none\n")
    print("## Files (used by / uses, other files)\n")
    for file in sorted(module.files, key=lambda f: (-len(users[f.path]), str(f.path))):
        print(f"{len(users[file.path]):4} {len(used[file.path]):4}  {file.lines:5} lines  {file.path}")
    print("\n## Perhaps in the wrong room (most ties, in both directions, are with another one)\n")
    for file in module.files:
        ties = {(home.room, "uses", name) for one, home, _, name, _ in module.ties if one is file}
        ties |= {(one.room, "used by", one.path) for one, home, _, _, _ in module.ties if home is file}
        counts = Counter(room for room, _, _ in ties)
        if counts:
            room, most = counts.most_common(1)[0]
            if room != file.room and most * 2 > sum(counts.values()) and most >= 3:
                inwards = sum(1 for r, way, _ in ties if r == room and way == "used by")
                print(f"{file.path}: {most} of {sum(counts.values())} with {room} "
                      f"(used by {inwards} of its files), {counts[file.room]} at home")
    print()
    return bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="folders of modules, as Sources/Name")
    parser.add_argument("--check", action="store_true", help="only the circles between rooms")
    parser.add_argument("--from", dest="source", help="lists the ties that start in this room")
    parser.add_argument("--to", dest="target", help="lists the ties that end in this room")
    options = parser.parse_args()
    results = [show(Module(root), options) for root in options.modules if any(pathlib.Path(root).rglob("*.swift"))]
    sys.exit(1 if options.check and any(results) else 0)


if __name__ == "__main__":
    main()
