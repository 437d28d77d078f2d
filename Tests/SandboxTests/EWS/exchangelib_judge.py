"""What an independent client makes of the sandbox's Exchange: URL, user, password."""

import datetime
import sys

from exchangelib import (
    BASIC, DELEGATE, Account, Attendee, CalendarItem, Configuration, Credentials, EWSDate,
    EWSDateTime, EWSTimeZone, ExtendedProperty, FailFast, HTMLBody, Mailbox,
)
from exchangelib.errors import ErrorIrresolvableConflict, ErrorItemNotFound
from exchangelib.items import SEND_TO_NONE
from exchangelib.version import Build, Version


class Stamp(ExtendedProperty):
    distinguished_property_set_id = "PublicStrings"
    property_name = "x-lockstep-stamp"
    property_type = "String"


CalendarItem.register("stamp", Stamp)

url, user, password = sys.argv[1:]
berlin = EWSTimeZone("Europe/Berlin")


def account(**more):
    return Account(
        user,
        config=Configuration(
            service_endpoint=url, credentials=Credentials(user, password), max_connections=1,
            retry_policy=FailFast(), **more,
        ),
        autodiscover=False, access_type=DELEGATE, default_timezone=berlin,
    )


# It finds out by itself how to log in and which version it speaks to.
guessing = account()
assert guessing.calendar.name == "Calendar"

mailbox = account(auth_type=BASIC, version=Version(build=Build(15, 2, 2562, 17)))
calendar = mailbox.calendar
assert calendar.total_count == 150, calendar.total_count
assert "Calendar" in [folder.name for folder in mailbox.root.walk()]

# The first listing, in pages.
first = list(calendar.sync_items(max_changes_returned=40))
assert len(first) == 150, len(first)
assert {kind for kind, _ in first} == {"create"}
assert list(calendar.sync_items()) == []

# All properties of everything that is there.
everything = list(calendar.all().order_by("start"))
assert len(everything) == 150, len(everything)
starts = [item.start for item in everything if not item.is_all_day]
assert starts == sorted(starts)
assert len(list(mailbox.fetch(everything, folder=calendar))) == 150

# A timed item, written and read.
start = EWSDateTime(2026, 7, 1, 9, 30, tzinfo=berlin)
visit = CalendarItem(
    account=mailbox, folder=calendar, subject="Visit", body=HTMLBody("<p>Bring the key</p>"),
    start=start, end=start + datetime.timedelta(hours=1), location="Room 1", stamp="stamp-1",
    categories=["Blue"], legacy_free_busy_status="OOF", sensitivity="Private",
    uid="stranger-1", reminder_minutes_before_start=10,
)
visit.save(send_meeting_invitations=SEND_TO_NONE)
read = calendar.get(id=visit.id)
assert read.subject == "Visit" and read.location == "Room 1" and read.stamp == "stamp-1"
assert read.start == start
assert read.uid == "stranger-1" and read.sensitivity == "Private"
assert read.legacy_free_busy_status == "OOF" and read.categories == ["Blue"]
assert "Bring the key" in read.body
assert [item.id for item in calendar.filter(stamp="stamp-1")] == [visit.id]

# Whole days; not over a change of the clocks, where this client's own arithmetic is a day off.
days = CalendarItem(
    account=mailbox, folder=calendar, subject="Training", is_all_day=True,
    start=EWSDate(2026, 5, 4), end=EWSDate(2026, 5, 5),
)
days.save(send_meeting_invitations=SEND_TO_NONE)
read = calendar.get(id=days.id)
assert read.is_all_day and (read.start, read.end) == (EWSDate(2026, 5, 4), EWSDate(2026, 5, 5)), (
    read.start, read.end
)

# What a view shows.
window = calendar.view(
    start=EWSDateTime(2026, 7, 1, tzinfo=berlin), end=EWSDateTime(2026, 7, 2, tzinfo=berlin)
)
assert visit.id in [item.id for item in window]

# Changes, and somebody else's before ours.
stale = calendar.get(id=visit.id)
visit = calendar.get(id=visit.id)
visit.subject = "Visit, moved"
visit.start = start + datetime.timedelta(hours=2)
visit.end = start + datetime.timedelta(hours=3)
visit.save(update_fields=["subject", "start", "end"], send_meeting_invitations=SEND_TO_NONE)
stale.subject = "Too late"
try:
    stale.save(
        update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE,
        conflict_resolution="NeverOverwrite",
    )
    raise AssertionError("a stale change key was taken")
except ErrorIrresolvableConflict:
    pass
read = calendar.get(id=visit.id)
assert read.subject == "Visit, moved" and read.start == start + datetime.timedelta(hours=2)

changes = list(calendar.sync_items())
assert sorted(kind for kind, _ in changes) == ["create", "create"], changes

# A meeting is saved and nobody is told.
meeting = CalendarItem(
    account=mailbox, folder=calendar, subject="Meeting", start=start,
    end=start + datetime.timedelta(hours=1),
    required_attendees=[
        Attendee(mailbox=Mailbox(email_address="dispatcher@example.com"), response_type="Unknown")
    ],
)
meeting.save(send_meeting_invitations=SEND_TO_NONE)
read = calendar.get(id=meeting.id)
assert read.is_meeting and read.my_response_type == "Organizer"
assert read.required_attendees[0].mailbox.email_address == "dispatcher@example.com"

# Moving, copying, deleting.
team = type(calendar)(parent=mailbox.msg_folder_root, name="Team")
team.save()
copy = calendar.get(id=meeting.id).copy(to_folder=team)
assert copy is not None
moved = calendar.get(id=days.id)
old = moved.id
moved.move(to_folder=team)
assert moved.id != old and team.all().count() == 2
kinds = sorted(kind for kind, _ in calendar.sync_items())
assert kinds == ["create", "delete"], kinds
meeting = calendar.get(id=meeting.id)
meeting.move_to_trash(send_meeting_cancellations=SEND_TO_NONE)
assert [item.subject for item in mailbox.trash.all()] == ["Meeting"]
gone = visit.id
visit.delete(send_meeting_cancellations=SEND_TO_NONE)
assert isinstance(calendar.get(id=gone), ErrorItemNotFound)
assert sorted(kind for kind, _ in calendar.sync_items()) == ["delete", "delete"]

# In one request: many items.
many = [
    CalendarItem(
        account=mailbox, folder=calendar, subject=f"Bulk {number}",
        start=start + datetime.timedelta(days=number),
        end=start + datetime.timedelta(days=number, hours=1),
    )
    for number in range(30)
]
ids = mailbox.bulk_create(folder=calendar, items=many, send_meeting_invitations=SEND_TO_NONE)
assert len(ids) == 30
found = list(calendar.filter(subject__startswith="Bulk").order_by("-start"))
assert [item.subject for item in found] == [f"Bulk {number}" for number in reversed(range(30))]
results = mailbox.bulk_delete(ids[1:], send_meeting_cancellations=SEND_TO_NONE)
assert all(result is True for result in results)
assert calendar.all().count() == 151

names = mailbox.protocol.resolve_names([user])
assert names[0].email_address == user, names
zones = list(mailbox.protocol.get_timezones(timezones=[berlin], return_full_timezone_data=True))
assert zones, zones
team.delete()

print("all is well")
