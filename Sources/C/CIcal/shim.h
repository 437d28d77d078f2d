#pragma once
#include <libical/ical.h>
/// The type is a struct of bit fields and pointers that Swift need not fill by hand.
static inline struct icaltimetype ical_clock(int year, int month, int day, int hour, int minute,
                                             int second, int is_date, int is_utc) {
  struct icaltimetype time = icaltime_null_time();
  time.year = year;
  time.month = month;
  time.day = day;
  time.hour = hour;
  time.minute = minute;
  time.second = second;
  time.is_date = is_date;
  time.zone = is_utc ? icaltimezone_get_utc_timezone() : NULL;
  return time;
}
