// What libcurl alone needs for a small request: one handle, one kept connection, nothing around it.
//
// usage: curl_floor URL CA COUNT [1.1|2] — prints microseconds of processor time (user, system) and of wall time a request.
#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static size_t swallow(char *bytes, size_t size, size_t count, void *total) {
    (void)bytes;
    *(size_t *)total += size * count;
    return size * count;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    long count = atol(argv[3]);
    int is_two = argc > 4 && strcmp(argv[4], "2") == 0;
    size_t received = 0;
    char body[201];
    memset(body, 'x', 200);
    body[200] = 0;
    curl_global_init(CURL_GLOBAL_ALL);
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/merge-patch+json");
    headers = curl_slist_append(headers, "Accept: application/json");
    headers = curl_slist_append(headers, "Authorization: Bearer 0123456789012345678901234567890123456789");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_CAINFO, argv[2]);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)(is_two ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &received);
    struct rusage before, after;
    struct timespec start, end;
    for (long i = -200; i < count; i++) {
        if (i == 0) {
            getrusage(RUSAGE_SELF, &before);
            clock_gettime(CLOCK_MONOTONIC, &start);
        }
        CURLcode code = curl_easy_perform(easy);
        if (code != CURLE_OK) {
            fprintf(stderr, "%s\n", curl_easy_strerror(code));
            return 1;
        }
    }
    getrusage(RUSAGE_SELF, &after);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double scale = 1e6 / (double)count;
    printf("{\"user\": %.2f, \"system\": %.2f, \"wall\": %.2f}\n",
           (seconds(after.ru_utime) - seconds(before.ru_utime)) * scale,
           (seconds(after.ru_stime) - seconds(before.ru_stime)) * scale,
           ((double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9) * scale);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return 0;
}
