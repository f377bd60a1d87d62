// Posts objects over kept HTTP/1.1 connections and prints, for each, its name and the moment its 201 had arrived.
//
// usage: load URL CA CERTIFICATE KEY COLLECTION-PATH PREFIX FIRST COUNT PER-SECOND CONNECTIONS SPEC
// PER-SECOND 0: as fast as the connections carry. SPEC: the JSON of .spec. Output: "NAME NANOSECONDS" lines (CLOCK_MONOTONIC).
#include "client.h"

struct slot {
    CURL *easy;
    char name[64];
};

int main(int count, char **arguments) {
    if (count != 12) fail("usage: load URL CA CERTIFICATE KEY COLLECTION-PATH PREFIX FIRST COUNT PER-SECOND CONNECTIONS SPEC");
    struct server server = server_from(arguments);
    const char *prefix = arguments[6], *spec = arguments[11];
    long first = atol(arguments[7]), wanted = atol(arguments[8]), connections = atol(arguments[10]);
    double per_second = atof(arguments[9]);
    if (connections < 1 || connections > 64) fail("1 to 64 connections");
    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    struct slot slots[64], *idle[64];
    long idle_count = 0, sent = 0, done = 0;
    char url[512];
    snprintf(url, sizeof url, "%s%s", server.url, server.path);
    for (long index = 0; index < connections; index++) {
        struct slot *slot = idle[idle_count++] = &slots[index];
        slot->easy = connection(&server);
        curl_easy_setopt(slot->easy, CURLOPT_URL, url);
        curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, discard);
        curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    }
    long long began = nanoseconds();
    while (done < wanted) {
        while (sent < wanted && idle_count > 0 && (per_second <= 0 || nanoseconds() - began >= (long long)(sent * 1e9 / per_second))) {
            struct slot *slot = idle[--idle_count];
            char body[4096];
            snprintf(slot->name, sizeof slot->name, "%s-%06ld", prefix, first + sent++);
            int size = snprintf(body, sizeof body,
                                "{\"apiVersion\":\"aiops.dev/v1alpha1\",\"kind\":\"AIOpsTask\",\"metadata\":{\"name\":\"%s\"},\"spec\":%s}",
                                slot->name, spec);
            if (size >= (int)sizeof body) fail("the spec is too long");
            curl_easy_setopt(slot->easy, CURLOPT_COPYPOSTFIELDS, body);
            curl_multi_add_handle(multi, slot->easy);
        }
        int running, left;
        curl_multi_perform(multi, &running);
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            long long now = nanoseconds();
            if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
            char *context = NULL;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            struct slot *slot = (struct slot *)context;
            if (status != 201) {
                fprintf(stderr, "post %s: HTTP %ld\n", slot->name, status);
                return 1;
            }
            printf("%s %lld\n", slot->name, now);
            done++;
            curl_multi_remove_handle(multi, slot->easy);
            idle[idle_count++] = slot;
        }
        int wait = 1000;
        if (sent < wanted && per_second > 0) {
            long long due = (long long)(sent * 1e9 / per_second) - (nanoseconds() - began);
            wait = due <= 0 ? 0 : (int)(due / 1000000) + 1;
        }
        if (done < wanted) curl_multi_poll(multi, NULL, 0, wait, NULL);
    }
    return 0;
}
