"""How a place may be broken: the operators by their names."""

# What stands for what, where a member is named without its type: operator, then from and to.
MEMBERS = {
    "side": {"exchange": "psa", "psa": "exchange"},
    "state": {
        "linked": "parked", "parked": "linked", "held": "linked", "away": "parked",
        "suppressed": "closed", "closed": "suppressed", "unmatched": "suppressed",
    },
    "authority": {
        "both": "psaReasserted", "psaReasserted": "psa", "exchangeReasserted": "both",
        "neither": "psa", "paired": "psa",
    },
    "mask": {"masked": "none", "none": "masked"},
    "change": {"updated": "unchanged", "unchanged": "updated", "gone": "present", "present": "gone"},
    "look-up": {"nothing": "nothingByID", "nothingByID": "nothing", "found": "nothing"},
    "role": {
        "single": "occurrence", "master": "single", "occurrence": "single",
        "exception": "occurrence",
    },
    "kind": {
        "appointment": "toDo", "toDo": "appointment", "serviceCall": "toDo", "contact": "toDo",
    },
    "verb": {"delete": "suppress", "recreate": "suppress", "wait": "choose", "choose": "wait"},
    "group": {"time": "content", "content": "existence", "existence": "content"},
    "field": {"title": "text", "text": "title", "place": "title"},
    "reason": {
        "attendees": "series", "series": "attendees", "copies": "series", "reassertions": "copies",
        "noZone": "series", "restored": "copies", "outsideWindow": "freeTimeIsOff",
        "importIsOff": "exportIsOff", "exportIsOff": "importIsOff", "otherFolder": "outsideWindow",
        "deletedInExchange": "deletedInPSA", "deletedInPSA": "deletedInExchange",
        "excluded": "cancelled", "reassigned": "unassigned", "unassigned": "reassigned",
        "cancelled": "excluded", "noProofInPSA": "noProofInExchange",
        "noProofInExchange": "noProofInPSA", "inactive": "outOfScope", "outOfScope": "inactive",
        "pairedDetail": "copies", "otherContactsFolder": "otherFolder",
    },
}

# A method of a collection, and what a broken one does.
METHODS = {
    "filter": ("drop-filter", "lets everything through"),
    "first": ("first-last", "takes the last one"),
    "last": ("first-last", "takes the first one"),
    "allSatisfy": ("all-any", "one is enough"),
    "contains": ("all-any", "says the opposite, or asks for all of them"),
    "sorted": ("drop-sort", "leaves the order as it came"),
    "sort": ("drop-sort", "leaves the order as it came"),
    "union": ("drop-set", "adds nothing"),
    "formUnion": ("drop-set", "adds nothing"),
    "subtracting": ("drop-set", "takes nothing away"),
    "intersection": ("drop-set", "keeps everything"),
    "dropFirst": ("drop-first", "drops nothing"),
}

# What the operators do, for those that are no swap of members.
MEANING = {
    "negate": "a condition means its opposite",
    "drop-condition": "a condition always holds",
    "drop-where": "a clause after `where` always holds",
    "swap-branches": "a choice of two takes the other one",
    "and-or": "&& and || change places",
    "equal": "== and != change places",
    "compare": "a comparison is shifted by one, or turned round in an order",
    "plus-minus": "+ and - change places; what is appended is left out",
    "drop-default": "what stands after ?? always counts",
    "drop-not": "a ! is left out",
    "bool": "true and false change places",
    "number": "a number is one more",
    "min-max": "max and min change places",
    "verdict": "an arm of a switch gives what the next one gives",
    "drop-arm": "a pattern matches nothing, and a later arm decides",
    "drop-statement": "a statement is left out",
}
