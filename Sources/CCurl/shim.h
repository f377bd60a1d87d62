#pragma once
#include <curl/curl.h>

// Swift cannot call variadic functions. One inline function per class of argument; they vanish in a release build, and
// libcurl's own type checks still see typed arguments here.

static inline CURLcode aiops_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode aiops_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode aiops_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode aiops_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode aiops_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

// The bytes are copied.
static inline CURLcode aiops_easy_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob;
    blob.data = (void *)bytes;
    blob.len = count;
    blob.flags = CURL_BLOB_COPY;
    return curl_easy_setopt(easy, option, &blob);
}

// The bytes are copied; the count may be 0.
static inline CURLcode aiops_easy_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, count == 0 ? "" : (const char *)bytes);
}

typedef size_t (*aiops_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode aiops_easy_on_write(CURL *easy, aiops_data_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode aiops_easy_on_header(CURL *easy, aiops_data_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

typedef curl_socket_t (*aiops_open_socket_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

// Makes the sockets of new connections; CURL_SOCKET_BAD refuses the address.
static inline CURLcode aiops_easy_on_open_socket(CURL *easy, aiops_open_socket_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

typedef int (*aiops_close_socket_callback)(void *context, curl_socket_t descriptor);

// Called with the connection, so that `context` must live as long as the multi handle.
static inline CURLcode aiops_easy_on_close_socket(CURL *easy, aiops_close_socket_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}

// Where libcurl puts the address behind `struct curl_sockaddr`.
static inline const struct sockaddr *aiops_socket_address(const struct curl_sockaddr *address) {
    return &address->addr;
}

typedef int (*aiops_before_request_callback)(void *context, char *peer, char *local, int peer_port, int local_port);

// Called with a connection in hand, new or kept, each time before the request is sent on it.
static inline CURLcode aiops_easy_before_request(CURL *easy, aiops_before_request_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

static inline long aiops_easy_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t aiops_easy_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline void *aiops_easy_get_private(CURL *easy) {
    char *value = NULL;
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}

// The connection of a CONNECT_ONLY handle, or -1.
static inline curl_socket_t aiops_easy_get_socket(CURL *easy) {
    curl_socket_t value = CURL_SOCKET_BAD;
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &value) == CURLE_OK ? value : CURL_SOCKET_BAD;
}

static inline CURLMcode aiops_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

typedef int (*aiops_poll_callback)(CURL *easy, curl_socket_t descriptor, int what, void *context, void *unused);

static inline CURLMcode aiops_multi_on_poll(CURLM *multi, aiops_poll_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    if (code != CURLM_OK) return code;
    return curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}

typedef int (*aiops_timer_callback)(CURLM *multi, long milliseconds, void *context);

static inline CURLMcode aiops_multi_on_timer(CURLM *multi, aiops_timer_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    if (code != CURLM_OK) return code;
    return curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

// The next handle that has ended, or NULL.
static inline CURL *aiops_multi_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// Macros that Swift does not import.
static const size_t aiops_write_pause = CURL_WRITEFUNC_PAUSE;
static const int aiops_socket_timeout = CURL_SOCKET_TIMEOUT;
static const curl_socket_t aiops_socket_bad = CURL_SOCKET_BAD;
static const int aiops_before_request_ok = CURL_PREREQFUNC_OK;
static const int aiops_before_request_abort = CURL_PREREQFUNC_ABORT;
