#pragma once
#include <libxml/xmlversion.h>
/// Debian builds libxml2 with ICU, whose types clash with those that Foundation brings.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
