"""What an independent client makes of the sandbox's Exchange: URL, user, password."""

import datetime
import sys

from exchangelib import (
    BASIC, DELEGATE, Account, Attendee, CalendarItem, Configuration, Contact, Credentials, EWSDate,
    EWSDateTime, EWSTimeZone, ExtendedProperty, FailFast, HTMLBody, Mailbox,
)
from exchangelib.errors import (
    ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
    ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorCannotCreateContactInNonContactFolder,
    ErrorIrresolvableConflict, ErrorItemNotFound, ErrorOccurrenceCrossingBoundary,
)
from exchangelib.fields import (
    FEBRUARY, FIRST, FRIDAY, LAST, MARCH, MAY, MONDAY, SUNDAY, WEDNESDAY, WEEK_DAY,
)
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.items import SEND_TO_NONE
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern, AbsoluteYearlyPattern, DailyPattern, EndDatePattern, NoEndPattern,
    NumberedPattern, Recurrence, RelativeMonthlyPattern, RelativeYearlyPattern, WeeklyPattern,
)
from exchangelib.version import Build, Version


class Stamp(ExtendedProperty):
    distinguished_property_set_id = "PublicStrings"
    property_name = "x-lockstep-stamp"
    property_type = "String"


CalendarItem.register("stamp", Stamp)
Contact.register("contact_stamp", Stamp)

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

# A series: every Monday and Wednesday at half past nine, six times, across the change of clocks.
own = {"Round table", "Round table, at night", "Pattern", "Anniversary"}


def instants(items):
    return [item.start.astimezone(berlin).strftime("%m-%d %H:%M") for item in items]


def viewed(first, last):
    start, end = (EWSDateTime.combine(day, datetime.time(), tzinfo=berlin) for day in (first, last))
    # The mailbox has endless series of its own.
    return [item for item in calendar.view(start=start, end=end) if item.subject in own]


def saved(subject, recurrence, start, hours=1, **more):
    item = CalendarItem(
        account=mailbox, folder=calendar, subject=subject, start=start,
        end=start + datetime.timedelta(hours=hours), recurrence=recurrence, **more,
    )
    item.save(send_meeting_invitations=SEND_TO_NONE)
    return calendar.get(id=item.id)


list(calendar.sync_items())
series = saved(
    "Round table",
    Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=[MONDAY, WEDNESDAY], first_day_of_week=MONDAY),
        boundary=NumberedPattern(start=EWSDate(2031, 3, 24), number=6),
    ),
    EWSDateTime(2031, 3, 24, 9, 30, tzinfo=berlin),
)
assert series.type == "RecurringMaster"
assert series.recurrence.boundary.number == 6
assert series.recurrence.pattern.weekdays == [1, 3], series.recurrence.pattern
assert series.first_occurrence.start == series.start
assert series.last_occurrence.start == EWSDateTime(2031, 4, 9, 9, 30, tzinfo=berlin)
assert series.modified_occurrences is None and series.deleted_occurrences is None
window = (EWSDate(2031, 3, 1), EWSDate(2031, 5, 1))
dates = viewed(*window)
assert instants(dates) == [
    "03-24 09:30", "03-26 09:30", "03-31 09:30", "04-02 09:30", "04-07 09:30", "04-09 09:30",
], instants(dates)
assert {item.type for item in dates} == {"Occurrence"}
assert {item.uid for item in dates} == {series.uid}
assert len({item.id for item in dates}) == 6

# One date by its place, moved and renamed; the next one taken out.
third = series.occurrence(index=3)
third.refresh()
assert third.id == dates[2].id and third.original_start == third.start == dates[2].start
third.subject = "Round table, at night"
third.start += datetime.timedelta(hours=10)
third.end += datetime.timedelta(hours=10)
third.save(
    update_fields=["subject", "start", "end"], send_meeting_invitations=SEND_TO_NONE,
)
fourth = calendar.get(id=dates[3].id)
fourth.delete(send_meeting_cancellations=SEND_TO_NONE)
assert [(kind, item.id) for kind, item in calendar.sync_items()] == [("create", series.id)]
series.refresh()
assert [item.id for item in series.modified_occurrences] == [third.id]
assert series.modified_occurrences[0].original_start == dates[2].start
assert [item.start for item in series.deleted_occurrences] == [dates[3].start]
after = viewed(*window)
assert instants(after) == [
    "03-24 09:30", "03-26 09:30", "03-31 19:30", "04-07 09:30", "04-09 09:30",
], instants(after)
assert [item.type for item in after][2] == "Exception"
assert after[2].subject == "Round table, at night" and after[1].subject == "Round table"
master = after[2].recurring_master()
master.refresh()
assert master.id == series.id
for index, problem in (
    (4, ErrorCalendarOccurrenceIsDeletedFromRecurrence),
    (7, ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange),
):
    try:
        series.occurrence(index=index).refresh()
        raise AssertionError(f"place {index} is there")
    except problem:
        pass
second = calendar.get(id=dates[1].id)
second.start += datetime.timedelta(days=6)
second.end += datetime.timedelta(days=6)
try:
    second.save(update_fields=["start", "end"], send_meeting_invitations=SEND_TO_NONE)
    raise AssertionError("a date went past the next one")
except ErrorOccurrenceCrossingBoundary:
    pass

# Content of the master reaches its dates, a new pattern makes new ones.
series.refresh()
series.location = "Room 7"
series.save(update_fields=["location"], send_meeting_invitations=SEND_TO_NONE)
assert [item.location for item in viewed(*window)] == ["Room 7"] * 5
series.refresh()
series.recurrence = Recurrence(
    pattern=DailyPattern(interval=2),
    boundary=EndDatePattern(start=EWSDate(2031, 3, 24), end=EWSDate(2031, 3, 31)),
)
series.save(update_fields=["recurrence"], send_meeting_invitations=SEND_TO_NONE)
assert instants(viewed(*window)) == [
    "03-24 09:30", "03-26 09:30", "03-28 09:30", "03-30 09:30",
], instants(viewed(*window))
series.delete(send_meeting_cancellations=SEND_TO_NONE)
assert viewed(*window) == []

# The other patterns, their first dates from a calendar on paper.
start = EWSDateTime(2031, 1, 31, 8, 0, tzinfo=berlin)
endless = NoEndPattern(start=EWSDate(2031, 1, 31))
for pattern, expected in (
    (AbsoluteMonthlyPattern(interval=1, day_of_month=31), ["01-31", "02-28", "03-31", "04-30"]),
    (RelativeMonthlyPattern(interval=1, weekday=FRIDAY, week_number=LAST),
     ["01-31", "02-28", "03-28", "04-25"]),
    (RelativeMonthlyPattern(interval=2, weekday=WEEK_DAY, week_number=FIRST), ["03-03"]),
    (AbsoluteYearlyPattern(day_of_month=29, month=FEBRUARY), ["02-28"]),
    (RelativeYearlyPattern(weekday=SUNDAY, week_number=LAST, month=MARCH), ["03-30"]),
    (DailyPattern(interval=40), ["01-31", "03-12", "04-21"]),
):
    item = saved("Pattern", Recurrence(pattern=pattern, boundary=endless), start)
    found = [text[:5] for text in instants(viewed(EWSDate(2031, 1, 1), EWSDate(2031, 5, 1)))]
    assert found == expected, (pattern, found)
    assert item.last_occurrence is None
    item.delete(send_meeting_cancellations=SEND_TO_NONE)

# Whole days, each year.
feast = CalendarItem(
    account=mailbox, folder=calendar, subject="Anniversary", is_all_day=True,
    start=EWSDate(2031, 5, 5), end=EWSDate(2031, 5, 5),
    recurrence=Recurrence(
        pattern=AbsoluteYearlyPattern(day_of_month=5, month=MAY),
        boundary=NoEndPattern(start=EWSDate(2031, 5, 5)),
    ),
)
feast.save(send_meeting_invitations=SEND_TO_NONE)
later = viewed(EWSDate(2033, 5, 1), EWSDate(2033, 6, 1))
assert [(item.is_all_day, item.start) for item in later] == [(True, EWSDate(2033, 5, 5))], later
feast.delete(send_meeting_cancellations=SEND_TO_NONE)

# Contacts.
contacts = mailbox.contacts
list(contacts.sync_items())
jane = Contact(
    account=mailbox, folder=contacts, display_name="Jane Q. Doe", given_name="Jane",
    middle_name="Q.", surname="Doe", generation="Jr.", nickname="JD", company_name="ACME",
    job_title="Developer", department="R&D", office="2.04", categories=["VIP"], body="A note",
    file_as_mapping="LastCommaFirst", contact_stamp="contact-1",
    email_addresses=[
        EmailAddress(label="EmailAddress1", email="jane@example.com"),
        EmailAddress(label="EmailAddress2", email="doe@example.net"),
    ],
    phone_numbers=[
        PhoneNumber(label="BusinessPhone", phone_number="+49 1"),
        PhoneNumber(label="MobilePhone", phone_number="+49 2"),
    ],
    physical_addresses=[
        PhysicalAddress(
            label="Business", street="1 Main", city="Bonn", state="NW", country="DE",
            zipcode="53111",
        )
    ],
    postal_address_index="Business", birthday=EWSDate(1980, 5, 17),
    business_homepage="https://example.com", children=["Ada", "Bob"],
)
jane.save()
read = contacts.get(id=jane.id)
assert read.subject == read.display_name == "Jane Q. Doe"
assert read.file_as == "Doe, Jane Q." and read.file_as_mapping == "LastCommaFirst", read.file_as
assert read.complete_name.last_name == "Doe" and read.complete_name.suffix == "Jr."
assert (read.company_name, read.job_title, read.department) == ("ACME", "Developer", "R&D")
assert [(entry.label, entry.email) for entry in read.email_addresses] == [
    ("EmailAddress1", "jane@example.com"), ("EmailAddress2", "doe@example.net"),
], read.email_addresses
assert {(n.label, n.phone_number) for n in read.phone_numbers if n.phone_number} == {
    ("BusinessPhone", "+49 1"), ("MobilePhone", "+49 2"),
}
assert [(a.label, a.street, a.zipcode) for a in read.physical_addresses] == [
    ("Business", "1 Main", "53111")
]
assert read.postal_address_index == "Business" and read.birthday == EWSDate(1980, 5, 17)
assert read.contact_stamp == "contact-1" and "A note" in read.body
assert read.children == ["Ada", "Bob"] and read.categories == ["VIP"]
assert [kind for kind, _ in contacts.sync_items()] == ["create"]
assert [item.id for item in contacts.filter(contact_stamp="contact-1")] == [jane.id]
assert [item.id for item in contacts.filter(surname="Doe")] == [jane.id]
assert [item.id for item in contacts.all().order_by("display_name")] == [jane.id]
read.surname = "Roe"
read.email_addresses = [
    EmailAddress(label="EmailAddress1", email="jane@example.com"),
    EmailAddress(label="EmailAddress2", email="roe@example.net"),
]
read.phone_numbers = [PhoneNumber(label="MobilePhone", phone_number="+49 3")]
read.job_title = None
read.save(update_fields=["surname", "email_addresses", "phone_numbers", "job_title"])
after = contacts.get(id=jane.id)
assert after.file_as == "Roe, Jane Q.", after.file_as
assert [entry.email for entry in after.email_addresses] == ["jane@example.com", "roe@example.net"]
assert after.job_title is None and after.company_name == "ACME"
assert [kind for kind, _ in contacts.sync_items()] == ["update"]
partners = type(contacts)(parent=contacts, name="Partners")
partners.save()
assert partners.folder_class == "IPF.Contact"
after.move(to_folder=partners)
assert contacts.all().count() == 0 and partners.all().count() == 1
partners.all().delete()
assert [kind for kind, _ in contacts.sync_items()] == ["delete"]
partners.delete()
try:
    Contact(account=mailbox, folder=calendar, display_name="Nobody").save()
    raise AssertionError("a contact was put into a calendar")
except ErrorCannotCreateContactInNonContactFolder:
    pass

# A public folder of contacts.
public = mailbox.public_folders_root
shared = type(contacts)(parent=public, name="All contacts")
shared.save()
assert "All contacts" in [folder.name for folder in public.children]
Contact(account=mailbox, folder=shared, display_name="Customer", contact_stamp="contact-2").save()
assert [item.display_name for item in shared.filter(contact_stamp="contact-2")] == ["Customer"]
shared.all().delete()
shared.delete()

print("all is well")
