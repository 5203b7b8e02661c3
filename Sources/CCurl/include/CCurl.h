// libcurl for Swift: the functions that Swift can't call because they are variadic, each once for each type of
// argument, so that a wrong type doesn't compile. Everything else of libcurl is used as it is.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

// curl_easy_setopt, by the type of the option's value. Strings are copied by libcurl; a list and a pointer are not.
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

// CURLOPT_COPYPOSTFIELDS: libcurl takes a copy of `count` bytes. A NULL body with a count of 0 is an empty one.
CURLcode ccurl_set_body(CURL *easy, const void *bytes, size_t count);

// CURLOPT_ERRORBUFFER: CURL_ERROR_SIZE bytes that outlive the transfer.
CURLcode ccurl_set_error_buffer(CURL *easy, char *buffer);

// CURLOPT_WRITEFUNCTION: the body of the answer, decoded, piece by piece.
CURLcode ccurl_set_on_body(CURL *easy, curl_write_callback callback, void *context);

// CURLOPT_READFUNCTION: where the bytes of an upload come from.
CURLcode ccurl_set_on_read(CURL *easy, curl_read_callback callback, void *context);

// CURLOPT_XFERINFOFUNCTION: called at least once a second, and once more when a transfer has ended but its connection
// is still as it was then. Anything but 0 aborts.
CURLcode ccurl_set_on_progress(CURL *easy, curl_xferinfo_callback callback, void *context);

// CURLOPT_SSH_KEYFUNCTION: whether the server's key will do. Only with CURLOPT_SSH_KNOWNHOSTS.
CURLcode ccurl_set_on_host_key(CURL *easy, curl_sshkeycallback callback, void *context);

// CURLOPT_PREREQFUNCTION: called once for each time that libcurl is about to write the request to a connection.
CURLcode ccurl_set_on_request(CURL *easy, curl_prereq_callback callback, void *context);

// CURLOPT_OPENSOCKETFUNCTION: sockets that no child process inherits, and in `*os_error` why one could not be had
// (libcurl keeps that errno to itself).
CURLcode ccurl_set_sockets(CURL *easy, int *os_error);

// CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION, for who wants to know the sockets.
CURLcode ccurl_set_on_socket(
    CURL *easy, curl_opensocket_callback open, curl_closesocket_callback close, void *context);

// Not 0 when the other end of a socket has closed or reset it (POLLRDHUP, which Swift doesn't see).
int ccurl_is_hung_up(int descriptor);

// memfd_create, which Swift doesn't see either: a file without a name, closed in child processes. -1 with errno.
int ccurl_memory_file(const char *name);

// CURLINFO_CERTINFO: what the server's certificates say, with CURLOPT_CERTINFO. Lives as long as the handle.
CURLcode ccurl_get_certificates(CURL *easy, struct curl_certinfo **value);

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

#endif
