#pragma once
#include <curl/curl.h>

// curl_easy_setopt, curl_easy_getinfo, curl_multi_setopt and curl_share_setopt are variadic:
// Swift needs one door per argument type.

static inline CURLcode curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, (void *)value);
}

static inline CURLcode curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_writer(CURL *handle, CURLoption option, curl_write_callback value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_reader(CURL *handle, curl_read_callback value) {
  return curl_easy_setopt(handle, CURLOPT_READFUNCTION, value);
}

static inline CURLcode curl_set_socket_watch(CURL *handle, curl_sockopt_callback value) {
  return curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, value);
}

static inline CURLcode curl_set_gate(CURL *handle, curl_prereq_callback value) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode curl_get_long(CURL *handle, CURLINFO wanted, long *value) {
  return curl_easy_getinfo(handle, wanted, value);
}

static inline CURLMcode curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode curl_share_keep(CURLSH *share, curl_lock_data what) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, what);
}

/// The result of a finished transfer sits in a union.
static inline CURLcode curl_message_result(const CURLMsg *message) {
  return message->data.result;
}

// Macros with casts that Swift does not import.
static inline CURLcode curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
static const long curl_auth_none = 0;
static const long curl_auth_basic = (long)CURLAUTH_BASIC;
static const long curl_auth_ntlm = (long)CURLAUTH_NTLM;
static const long curl_auth_negotiate = (long)CURLAUTH_NEGOTIATE;
static const long curl_auth_bearer = (long)CURLAUTH_BEARER;
static const long curl_http_1_1 = CURL_HTTP_VERSION_1_1;
static const long curl_encrypts_all = (long)CURLUSESSL_ALL;
static const long curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
static const size_t curl_writer_refuses = CURL_WRITEFUNC_ERROR;
static const int curl_socket_fine = CURL_SOCKOPT_OK;
static const int curl_gate_open = CURL_PREREQFUNC_OK;
static const int curl_gate_shut = CURL_PREREQFUNC_ABORT;
