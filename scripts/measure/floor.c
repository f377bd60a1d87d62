// The floor: a bare client that does what the twin does and nothing else. One watch, eight kept HTTP/1.1 connections, merge
// patches of the status; no cache, no list, no queue beyond a ring, no retries, no checks.
//
// usage: floor URL CA CERTIFICATE KEY COLLECTION-PATH      runs until it is ended
#include "client.h"

enum { WORKERS = 8, RING = 1 << 18, NAME = 64, BODY = 512 };

struct job {
    char name[NAME];
    int next;  // 1: Running, 2: Succeeded
};

static struct server server;
static CURLM *multi;
static CURL *idle[WORKERS];
static int idle_count;
static struct job ring[RING];
static unsigned head, tail;
static char *line;
static size_t length, capacity;

static int text_after(const char *from, const char *mark, char *out, size_t size) {
    const char *start = strstr(from, mark);
    if (!start) return 0;
    start += strlen(mark);
    size_t count = strcspn(start, "\"");
    if (count >= size) return 0;
    memcpy(out, start, count);
    out[count] = 0;
    return 1;
}

static void take(const char *event) {
    if (strncmp(event, "{\"type\":\"ADDED\"", 15) && strncmp(event, "{\"type\":\"MODIFIED\"", 18)) return;
    char phase[32] = "";
    const char *status = strstr(event, "\"status\":{");
    if (status) text_after(status, "\"phase\":\"", phase, sizeof phase);
    int next = !phase[0] ? 1 : !strcmp(phase, "Running") ? 2 : 0;
    const char *metadata = strstr(event, "\"metadata\":{");
    if (!next || !metadata) return;
    struct job *job = &ring[tail % RING];
    if (tail - head == RING) fail("more events than the ring holds");
    if (!text_after(metadata, "\"name\":\"", job->name, NAME)) return;
    job->next = next;
    tail++;
}

static size_t on_watch(char *bytes, size_t size, size_t count, void *unused) {
    (void)unused;
    size_t total = size * count;
    if (length + total + 1 > capacity) {
        capacity = (length + total + 1) * 2;
        if (!(line = realloc(line, capacity))) fail("out of memory");
    }
    memcpy(line + length, bytes, total);
    length += total;
    char *from = line, *end;
    while ((end = memchr(from, '\n', length - (size_t)(from - line)))) {
        *end = 0;
        take(from);
        from = end + 1;
    }
    length -= (size_t)(from - line);
    memmove(line, from, length);
    return total;
}

static void start(const struct job *job) {
    CURL *easy = idle[--idle_count];
    char url[512], body[BODY], now[32];
    time_t seconds = time(NULL);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
    snprintf(url, sizeof url, "%s%s/%s/status", server.url, server.path, job->name);
    if (job->next == 1)
        snprintf(body, sizeof body,
                 "{\"status\":{\"phase\":\"Running\",\"observedGeneration\":1,\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\","
                 "\"reason\":\"Running\",\"message\":\"running\",\"observedGeneration\":1,\"lastTransitionTime\":\"%s\"}]}}", now);
    else
        snprintf(body, sizeof body, "{\"status\":{\"phase\":\"Succeeded\"}}");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    curl_multi_add_handle(multi, easy);
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage: floor URL CA CERTIFICATE KEY COLLECTION-PATH");
    server = server_from(arguments);
    curl_global_init(CURL_GLOBAL_ALL);
    multi = curl_multi_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/merge-patch+json");
    headers = curl_slist_append(headers, "Accept: application/json");
    for (; idle_count < WORKERS; idle_count++) {
        CURL *easy = idle[idle_count] = connection(&server);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    }
    CURL *watch = connection(&server);
    char url[512];
    // Without a version the server first sends what there is, as added.
    snprintf(url, sizeof url, "%s%s?watch=1&timeoutSeconds=3600", server.url, server.path);
    curl_easy_setopt(watch, CURLOPT_URL, url);
    curl_easy_setopt(watch, CURLOPT_WRITEFUNCTION, on_watch);
    curl_multi_add_handle(multi, watch);
    for (;;) {
        while (head != tail && idle_count > 0) start(&ring[head++ % RING]);
        int running, left;
        curl_multi_perform(multi, &running);
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *easy = message->easy_handle;
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
            if (easy == watch) {  // the server may end it at any time: a new one begins with what there is
                curl_multi_remove_handle(multi, watch);
                length = 0;
                curl_multi_add_handle(multi, watch);
                continue;
            }
            if (status != 200) fprintf(stderr, "patch: %ld\n", status);
            curl_multi_remove_handle(multi, easy);
            idle[idle_count++] = easy;
        }
        if (head == tail || idle_count == 0) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
}
