"""Swift as words, signs and marks: just good enough to find what may be broken."""
import dataclasses, re

DECLARATIONS = ("func", "init", "var", "subscript")
TYPES = ("struct", "enum", "extension", "class", "actor", "protocol")
OPEN, CLOSE = "([{", ")]}"


@dataclasses.dataclass
class Token:
    kind: str  # word, number, text, sign, mark
    text: str
    start: int
    end: int
    line: int
    first: bool  # the first one of its line
    depth: int = 0
    owner: str = ""
    pattern: bool = False


def tokens(text):
    """Words, numbers, texts as a whole, signs (operators) and marks; comments are left out."""
    found, place, line, fresh = [], 0, 1, True
    while place < len(text):
        letter = text[place]
        if letter == "\n":
            line, fresh, place = line + 1, True, place + 1
            continue
        if letter.isspace():
            place += 1
            continue
        if text.startswith("//", place):
            place = text.find("\n", place)
            continue
        start = place
        if letter == '"':
            place, kind = end_of_text(text, place), "text"
        elif letter.isdigit():
            place, kind = re.compile(r"[\dA-Fa-fx_]+(\.\d+)?").match(text, place).end(), "number"
        elif letter.isalpha() or letter in "_$@#`":
            place, kind = re.compile(r"[@#]?[\w$`]+").match(text, place).end(), "word"
        elif letter in "/=-+!*%<>&|^~?":
            place, kind = re.compile(r"[/=\-+!*%<>&|^~?]+").match(text, place).end(), "sign"
        else:
            place, kind = place + 1, "mark"
        found.append(Token(kind, text[start:place], start, place, line, fresh))
        line += text.count("\n", start, place)
        fresh = False
    return found


def end_of_text(text, place):
    quote = '"""' if text.startswith('"""', place) else '"'
    place += len(quote)
    while not text.startswith(quote, place):
        if text.startswith("\\(", place):
            depth, place = 1, place + 2
            while depth:
                if text[place] == '"':
                    place = end_of_text(text, place)
                    continue
                depth += {"(": 1, ")": -1}.get(text[place], 0)
                place += 1
        else:
            place += 2 if text[place] == "\\" else 1
    return place + len(quote)


def labelled(found):
    """Writes depth, owner and pattern into the tokens."""
    stack, head = [], []
    for index, token in enumerate(found):
        if token.text in CLOSE and token.kind == "mark":
            if stack:
                stack.pop()
            if token.text == "}":
                head = []
        token.depth = len(stack)
        token.owner = next((owner for _, owner in reversed(stack) if owner), "")
        if token.text in OPEN and token.kind == "mark":
            stack.append((token.text, owner_of(head) if token.text == "{" else ""))
            if token.text == "{":
                head = []
        elif not (stack and stack[-1][0] in "(["):
            if token.first and token.kind == "word" and token.text != "where":
                head = []
            head.append(token)
    for index, token in enumerate(found):
        if token.text == "case" and token.kind == "word":
            label_pattern(found, index)


def owner_of(head):
    words = [token.text for token in head]
    for word in DECLARATIONS:
        if word in words:
            place = words.index(word)
            name = words[place + 1] if word in ("func", "var") and place + 1 < len(words) else word
            return name
    for word in TYPES:
        if word in words and words.index(word) + 1 < len(words):
            return words[words.index(word) + 1]
    return ""


def label_pattern(found, index):
    before = found[index - 1].text
    ends = ("=", "in") if before in ("if", "guard", "while", "for", ",") else (":", "where")
    level = found[index].depth
    for token in found[index + 1:]:
        if token.depth < level or (token.depth == level and token.text in ends):
            return
        if token.first and token.text in ("case", "package", "}"):
            return
        token.pattern = True
