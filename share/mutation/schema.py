"""Writes all mutants into one copy of the sources, each behind its number."""

# The kinds of Swift's own operators, as the ones that stand for them are declared.
PRECEDENCE = {
    "&&": "LogicalConjunction", "||": "LogicalDisjunction", "??": "NilCoalescing",
    "+": "Addition", "-": "Addition",
}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def sign(number):
    """An operator's name for a mutant: signs that nothing else is called by."""
    return "⊗" + chr(0x2200 + number // 128) + chr(0x2300 + number % 128)


def operator(point):
    """The operator that means the usual one, and the broken one while the mutant is alive."""
    number, usual = point.number, point.form[1]
    if usual == "!":
        return (f"prefix operator {sign(number)}\n"
                f"package prefix func {sign(number)} (one: Bool) -> Bool "
                f"{{ Mutant.isAlive({number}) ? one : !one }}\n")
    head = f"infix operator {sign(number)} : {PRECEDENCE.get(usual, 'Comparison')}Precedence\n"
    alive = f"Mutant.isAlive({number})"

    def function(types, generics, broken, result="Bool", right=""):
        left, other = types
        call = "right()" if right else "right"
        return (f"package func {sign(number)} {generics}(left: {left}, right: {right}{other}) -> {result} "
                f"{{ {alive} ? {broken.replace('right', call)} : left {usual} {call} }}\n")

    if usual in ("&&", "||"):
        broken = f"left {'||' if usual == '&&' else '&&'} right"
        return head + function(("Bool", "Bool"), "", broken, right="@autoclosure () -> ")
    if usual == "??":
        lazily = "@autoclosure () -> "
        return (head + function(("T?", "T"), "<T>", "right", "T", lazily)
                + function(("T?", "T?"), "<T>", "right", "T?", lazily))
    if usual in "+-":
        broken = f"left {'-' if usual == '+' else '+'} right"
        text = head + function(("T", "T"), "<T: AdditiveArithmetic>", broken, "T")
        if usual == "+":
            text += function(("T", "T"), "<T: RangeReplaceableCollection>", "left", "T")
        return text
    if usual in ("==", "!="):
        broken = f"left {'!=' if usual == '==' else '=='} right"
        if point.form[2] == "nil":
            return head + function(("T?", "_OptionalNilComparisonType"), "<T>", broken)
        return head + function(("T", "T"), "<T: Equatable>", broken)
    broken = f"left {(TURNED if point.form[2] == 'order' else SHIFTED)[usual]} right"
    text = head + function(("T", "T"), "<T: Comparable>", broken)
    for count in range(2, 6):
        names = [f"T{number}" for number in range(count)]
        generics = ", ".join(f"{name}: Comparable" for name in names)
        text += function((f"({', '.join(names)})",) * 2, f"<{generics}>", broken)
    return text


def written(text, points):
    """The source with the points written in; no line is added, so that a complaint tells its place."""
    opening, closing, replaced = {}, {}, {}
    # What reaches further is opened first and closed last.
    for point in sorted(points, key=lambda point: (point.start, -point.end)):
        number = point.number
        match point.form:
            case ("wrap", name):
                opening.setdefault(point.start, []).append(f"Mutant.{name}({number}, ")
                closing.setdefault(point.end, []).insert(0, ")")
            case ("choose", other):
                opening.setdefault(point.start, []).append(f"Mutant.pick({number}, ")
                closing.setdefault(point.end, []).insert(0, f", {other})")
            case ("statement",):
                opening.setdefault(point.start, []).append(f"if !Mutant.isAlive({number}) {{ ")
                closing.setdefault(point.end, []).insert(0, " }")
            case ("arm",):
                closing.setdefault(point.end, []).append(f" where !Mutant.isAlive({number})")
            case ("pick", other):
                usual = text[point.start:point.end]
                replaced[point.start] = (point.end, f"Mutant.pick({number}, {usual}, {other})")
            case ("sign", *_):
                replaced[point.start] = (point.end, sign(number))
            case ("call", name):
                replaced[point.start] = (point.end, f"{name}{number}, ")
            case ("method", name, form):
                end = {"open": ", ", "empty": "", "bare": ")"}[form]
                replaced[point.start] = (point.end, f"{name}({number}{end}")
    parts, place = [], 0
    while place <= len(text):
        parts += closing.get(place, [])
        parts += opening.get(place, [])
        if place in replaced:
            end, put = replaced[place]
            parts.append(put)
            # Brackets may end where what was replaced does.
            place = end
        else:
            parts.append(text[place:place + 1])
            place += 1
    return "".join(parts)
