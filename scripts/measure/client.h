// What the floor and the load share: one API server, client certificates from files, HTTP/1.1 on kept connections.
#pragma once
#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct server {
    const char *url, *ca, *certificate, *key, *path;  // path: of the collection, such as /apis/…/aiopstasks
};

static inline struct server server_from(char **arguments) {
    return (struct server){arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]};
}

static inline void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

// The clock that Python's time.monotonic reads.
static inline long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline CURL *connection(const struct server *server) {
    CURL *easy = curl_easy_init();
    if (!easy) fail("no handle");
    curl_easy_setopt(easy, CURLOPT_CAINFO, server->ca);
    curl_easy_setopt(easy, CURLOPT_SSLCERT, server->certificate);
    curl_easy_setopt(easy, CURLOPT_SSLKEY, server->key);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}

static inline size_t discard(char *bytes, size_t size, size_t count, void *unused) {
    (void)bytes, (void)unused;
    return size * count;
}
