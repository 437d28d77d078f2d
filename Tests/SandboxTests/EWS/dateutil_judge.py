"""Expands series with dateutil and zoneinfo and compares: one JSON document a line on stdin.

Each line has the pattern as RRULE parts, the first day, the wall times, the zone, a window, and what
the sandbox's calendar view shows of it: [start, end, place] in seconds since 1970 and from 1.
"""

import datetime
import json
import sys
import zoneinfo

from dateutil import rrule

UTC = datetime.timezone.utc
DAYS = [rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU]


def instant(wall, zone):
    return int(wall.replace(tzinfo=zone, fold=0).timestamp())


def rule(case, start):
    parts = dict(case["rule"])
    for key in ("wkst", "byweekday"):
        if key in parts:
            days = parts[key]
            parts[key] = DAYS[days] if isinstance(days, int) else [DAYS[day] for day in days]
    if "until" in parts:
        day = datetime.date.fromisoformat(parts["until"])
        parts["until"] = datetime.datetime.combine(day, datetime.time(23, 59, 59))
    parts["freq"] = getattr(rrule, parts["freq"])
    return rrule.rrule(dtstart=start, **parts)


def expected(case):
    zone = zoneinfo.ZoneInfo(case["zone"])
    day = datetime.date.fromisoformat(case["start"])
    begin = datetime.timedelta(seconds=case["begin"])
    length = datetime.timedelta(seconds=case["length"])
    midnight = datetime.datetime.combine(day, datetime.time())
    found = []
    for place, date in enumerate(rule(case, midnight), 1):
        wall = date + begin
        start = instant(wall, zone)
        if start >= case["to"]:
            break
        end = instant(wall + length, zone)
        if end <= start:
            end = start + case["length"]
        # What has no length is shown where it begins.
        if end > case["from"] or start == end == case["from"]:
            found.append([start, end, place])
    return found


count = 0
for line in sys.stdin:
    case = json.loads(line)
    want = expected(case)
    if want != case["shown"]:
        print("differs:", json.dumps({**case, "expected": want}))
        sys.exit(1)
    count += 1
print(f"{count} series are equal")
