"""Where the planner can be broken."""
import dataclasses, random, re
from operators import MEMBERS, METHODS
from words import CLOSE, DECLARATIONS, OPEN, TYPES, Token, labelled, tokens


@dataclasses.dataclass
class Point:
    """One way to break one place: what is put in while a number stands for this mutant."""
    file: str
    operator: str
    start: int
    end: int
    line: int
    what: str
    form: tuple
    owner: str
    snippet: str
    nth: int = 0
    number: int = 0

    @property
    def key(self):
        count = f" ({self.nth})" if self.nth else ""
        return f"{self.file} · {self.owner} · {self.operator}{count} · {self.snippet}"


class Reader:
    """Finds the points of one file."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.lines = text.split("\n")
        self.tokens = tokens(text)
        labelled(self.tokens)
        self.points = []

    def add(self, operator, start, end, line, what, form, owner):
        snippet = " ".join(self.lines[line - 1].split())
        self.points.append(
            Point(self.name, operator, start, end, line, what, form, owner, snippet))

    def read(self):
        for index, token in enumerate(self.tokens):
            if not token.owner or token.first and token.text == "import":
                continue
            self.conditions(index)
            self.wheres(index)
            self.branches(index)
            self.signs(index)
            self.literals(index)
            self.members(index)
            self.methods(index)
            self.arms(index)
            self.statements(index)
        counts = {}
        for point in self.points:
            seen = counts[point.key] = counts.get(point.key, 0) + 1
            point.nth = seen if seen > 1 else 0
        return self.points

    def at(self, index):
        blank = Token("mark", "", 0, 0, 0, False)
        return self.tokens[index] if 0 <= index < len(self.tokens) else blank

    def is_text(self, index):
        return self.at(index).kind == "text"

    # Bounds

    def until(self, index, ends):
        """The index of the first token at the depth of `index` whose text ends what began there."""
        level = self.at(index).depth
        for place in range(index, len(self.tokens)):
            token = self.tokens[place]
            if token.depth < level or (token.depth == level and token.text in ends):
                return place
        return len(self.tokens)

    def span(self, first, after):
        return self.at(first).start, self.at(after - 1).end

    def source(self, first, after):
        start, end = self.span(first, after)
        return " ".join(self.text[start:end].split())

    # Operators

    def conditions(self, index):
        token = self.at(index)
        if token.text not in ("if", "guard", "while") or token.kind != "word" or token.pattern:
            return
        ends = ("else",) if token.text == "guard" else ("{",)
        last = self.until(index + 1, ends)
        first = index + 1
        while first < last:
            after = min(self.until(first, (",",) + ends), last)
            if self.at(first).text not in ("let", "var", "case", "#available"):
                self.condition(token.text, first, after)
            first = after + 1

    def condition(self, word, first, after):
        start, end = self.span(first, after)
        source, line, owner = self.source(first, after), self.at(first).line, self.at(first).owner
        self.add("negate", start, end, line, f"{source} → its opposite", ("wrap", "opposite"), owner)
        if word == "guard" or self.at(first - 1).text == "," or self.at(after).text == ",":
            self.add("drop-condition", start, end, line, f"{source} → true", ("wrap", "holds"), owner)

    def wheres(self, index):
        token = self.at(index)
        if token.text != "where" or token.kind != "word" or self.at(index + 1).text == ":":
            return
        after = self.until(index + 1, ("{", ":"))
        start, end = self.span(index + 1, after)
        self.add("drop-where", start, end, token.line,
                 f"where {self.source(index + 1, after)} → true", ("wrap", "holds"), token.owner)

    def branches(self, index):
        token = self.at(index)
        if token.text != "?" or self.text[token.start - 1] not in " \n" or token.pattern:
            return
        first = index
        while first > 0:
            before = self.at(first - 1)
            if before.depth < token.depth or before.depth == token.depth and (
                before.text in ("=", ",", "return", ":", "?", "in", "{", "??", "where", "case")
                or before.text == "}" and self.at(first).first
                or self.at(first).first and before.kind != "sign"
                and self.at(first).kind != "sign" and self.at(first).text != "."
            ):
                break
            first -= 1
        if first == index:
            return
        start, end = self.span(first, index)
        self.add("swap-branches", start, end, self.at(first).line,
                 f"{self.source(first, index)} ? → its opposite", ("wrap", "opposite"), token.owner)

    def signs(self, index):
        token = self.at(index)
        if token.kind != "sign" or token.pattern:
            return
        sign, before, after = token.text, self.at(index - 1), self.at(index + 1)
        isSpaced = self.text[token.start - 1] in " \n" and self.text[token.end] in " \n"
        if sign == "!" and not isSpaced and self.text[token.start - 1] in " \n([{":
            self.add("drop-not", token.start, token.end, token.line, f"!{after.text} → {after.text}",
                     ("sign", "!"), token.owner)
        if not isSpaced or before.text == "func":
            return
        isText = self.is_text(index - 1) or self.is_text(index + 1)
        operator = {
            "&&": "and-or", "||": "and-or", "==": "equal", "!=": "equal", "<": "compare",
            "<=": "compare", ">": "compare", ">=": "compare", "??": "drop-default",
        }.get(sign) or ("plus-minus" if sign in "+-" and not isText else "")
        if not operator:
            return
        line = self.lines[token.line - 1]
        isOrder = bool(re.search(r"sort|min \{|max \{", line)) or bool(
            re.search(r"precedes|isEarlier|^<$", token.owner))
        form = "nil" if "nil" in (before.text, after.text) else "order" if isOrder else ""
        self.add(operator, token.start, token.end, token.line,
                 f"{before.text} {sign} {after.text}", ("sign", sign, form), token.owner)

    def literals(self, index):
        token = self.at(index)
        if token.pattern:
            return
        if token.text in ("true", "false") and token.kind == "word":
            other = "false" if token.text == "true" else "true"
            self.add("bool", token.start, token.end, token.line, f"{token.text} → {other}",
                     ("pick", other), token.owner)
        if token.kind == "number" and self.at(index - 1).text != ".":
            other = str(int(token.text.replace("_", ""), 0) + 1) if "." not in token.text else "0.5"
            self.add("number", token.start, token.end, token.line, f"{token.text} → {other}",
                     ("pick", other), token.owner)

    def members(self, index):
        token = self.at(index)
        if token.kind != "word" or token.pattern or self.at(index - 1).text != ".":
            return
        dot = self.at(index - 1)
        if not re.match(r"[\s(\[{]", self.text[dot.start - 1]) or self.at(index + 1).text == "(":
            return
        if dot.first and self.at(index - 2).text not in (",", "(", "[", ":", "?", "="):
            return
        for operator, pairs in MEMBERS.items():
            if other := pairs.get(token.text):
                self.add(operator, dot.start, token.end, token.line, f".{token.text} → .{other}",
                         ("pick", f".{other}"), token.owner)

    def methods(self, index):
        token = self.at(index)
        before, after = self.at(index - 1), self.at(index + 1)
        if token.kind != "word" or token.pattern:
            return
        if token.text in ("max", "min") and after.text == "(" and before.text != ".":
            other = "min" if token.text == "max" else "max"
            self.add("min-max", token.start, after.end, token.line, f"{token.text} → {other}",
                     ("call", f"Mutant.{token.text}imum("), token.owner)
        if token.text not in METHODS or before.text != ".":
            return
        if re.match(r"[\s(\[{]", self.text[before.start - 1]) and not before.first:
            return
        if token.text == "first" and self.at(index - 2).text in ("self", "days", "own"):
            return
        operator, what = METHODS[token.text]
        isCalled = after.text == "(" and after.start == token.end
        end = after.end if isCalled else token.end
        name = f"mutant{token.text[0].upper()}{token.text[1:]}"
        # Without arguments of its own the call is closed again.
        form = "open" if isCalled and self.at(index + 2).text != ")" else "empty" if isCalled else "bare"
        self.add(operator, token.start, end, token.line, f".{token.text}: {what}",
                 ("method", name, form), token.owner)

    def arms(self, index):
        """Arms of a switch: their patterns, and what a short one gives."""
        token = self.at(index)
        if token.text != "switch" or token.kind != "word":
            return
        opening = self.until(index + 1, ("{",))
        closing = next(
            (place for place in range(opening + 1, len(self.tokens))
             if self.at(place).text == "}" and self.at(place).depth == token.depth), None)
        if closing is None:
            return
        level = token.depth + 1
        cases = [place for place in range(opening + 1, closing)
                 if self.at(place).depth == level and self.at(place).first
                 and self.at(place).text in ("case", "default")]
        results = []
        for place, following in zip(cases, cases[1:] + [closing]):
            # A colon inside brackets is deeper.
            colon = self.until(place, (":",))
            body = (colon + 1, following)
            result = self.source(*body)
            isPlain = re.fullmatch(r"\.\w+(\(\.\w+\)|\(writeTo: \.\w+\))?|nil|true|false", result)
            results.append((body, result if isPlain else None))
        for number, (body, result) in enumerate(results):
            others = [other for _, other in results[number + 1:] + results[:number]
                      if other and other != result]
            if result and others:
                start, end = self.span(*body)
                self.add("verdict", start, end, self.at(body[0]).line, f"{result} → {others[0]}",
                         ("choose", others[0]), token.owner)
        isCaught = any(
            self.at(place).text == "default" or "(_, _)" in self.source(place, self.until(place, (":",)))
            for place in cases[-1:])
        for place in cases[:-1] if isCaught else []:
            self.drop_patterns(place)

    def drop_patterns(self, place):
        colon, first = self.until(place, (":",)), place + 1
        while first < colon:
            after = min(self.until(first, (",", ":")), colon)
            if "where" not in [self.at(one).text for one in range(first, after)]:
                end = self.at(after - 1).end
                self.add("drop-arm", end, end, self.at(first).line,
                         f"case {self.source(first, after)} → never", ("arm",), self.at(first).owner)
            first = after + 1

    def statements(self, index):
        token = self.at(index)
        if not token.first or token.kind != "word" or token.pattern or token.owner == "":
            return
        enclosing = self.opening(index)
        if enclosing is None or self.at(enclosing).text != "{":
            return
        if token.text == "continue":
            return self.statement(token, token.end)
        words = (*DECLARATIONS, *TYPES, "let", "case", "return", "if", "guard", "switch", "for", "while",
                 "package", "private", "static", "mutating", "default", "else", "import", "defer",
                 "fileprivate", "internal", "throw", "lazy", "precondition", "repeat", "do", "try", "break",
                 "true", "false", "nil", "indirect", "typealias", "init", "prefix")
        if token.text in words or not token.text[0].islower():
            return
        indent = len(self.lines[token.line - 1]) - len(self.lines[token.line - 1].lstrip())
        last = token.line
        while last < len(self.lines):
            following = self.lines[last]
            lead = len(following) - len(following.lstrip())
            isInside = not following.strip() or lead > indent
            if not isInside and not (lead == indent and following.strip()[0] in CLOSE):
                break
            last += 1
        source = "\n".join(self.lines[token.line - 1:last]).rstrip()
        end = token.start + len(source.lstrip())
        isAssignment = re.search(r"^[\w.\[\](), :?]+ [-+]?= ", source.lstrip())
        isCall = re.match(r"[\w.?\[\], :]+[({]", source.lstrip()) and source.rstrip()[-1] in ")}"
        # The fields of a new value have to be set.
        isField = token.owner == "init" and re.match(r"(self\.)?\w+ = ", source.lstrip())
        if not isField and (isAssignment or isCall):
            self.statement(token, end)

    def statement(self, token, end):
        source = " ".join(self.text[token.start:end].split())
        self.add("drop-statement", token.start, end, token.line, f"{source[:60]} → left out",
                 ("statement",), token.owner)

    def opening(self, index):
        """The bracket around a token."""
        level = self.at(index).depth
        for place in range(index - 1, -1, -1):
            if self.at(place).depth == level - 1 and self.at(place).text in OPEN:
                return place
        return None


def chosen(points, one_in, seed):
    """One in so many of each operator in each file, at least one, by the seed."""
    groups = {}
    for point in points:
        groups.setdefault((point.file, point.operator), []).append(point)
    kept = []
    for (file, operator), group in sorted(groups.items()):
        dice = random.Random(f"{seed} {file} {operator}")
        kept += dice.sample(group, max(1, len(group) // one_in))
    return sorted(kept, key=lambda point: (point.file, point.start, point.operator))
