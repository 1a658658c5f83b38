"""What stands in a person's words: phone numbers, names, days, places, the number of petitioners.

The readers live in small modules of their own; this is the one door to them. All are pure and never raise on
any text.
"""

from petitions.contact_line import ContactLine, read_contact_line
from petitions.dates import FoundDate, find_dates
from petitions.names import find_name
from petitions.people import find_people
from petitions.phones import BadPhone, Phone, find_phones, read_phone
from petitions.places import find_address, find_place

__all__ = [
    "BadPhone",
    "ContactLine",
    "FoundDate",
    "Phone",
    "find_address",
    "find_dates",
    "find_name",
    "find_people",
    "find_phones",
    "find_place",
    "read_contact_line",
    "read_phone",
]
