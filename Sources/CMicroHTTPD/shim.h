#pragma once
#include <microhttpd.h>
#include <stdlib.h>

// libmicrohttpd's enums would become Swift enums with odd names and its start function is variadic, so Swift talks to the
// plain functions below.

typedef int (*aiops_mhd_request)(
    void *context, struct MHD_Connection *connection, const char *path, const char *method, const char *piece,
    size_t *size, void **state);
typedef void (*aiops_mhd_completed)(void **state);
typedef void (*aiops_mhd_pair)(void *context, const char *name, const char *value);

struct aiops_mhd_server {
    struct MHD_Daemon *daemon;
    aiops_mhd_request request;
    aiops_mhd_completed completed;
    void *context;
};

static enum MHD_Result aiops_mhd_on_request(
    void *context, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *piece, size_t *size, void **state) {
    struct aiops_mhd_server *server = context;
    (void)version;
    return server->request(server->context, connection, path, method, piece, size, state) ? MHD_YES : MHD_NO;
}

static void aiops_mhd_on_completed(
    void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
    struct aiops_mhd_server *server = context;
    (void)connection;
    (void)code;
    server->completed(state);
}

// One thread with epoll on a socket that listens already, which the server owns from here on. NULL on failure.
static inline struct aiops_mhd_server *aiops_mhd_start(
    int listener, unsigned int connections, unsigned int idle_seconds, aiops_mhd_request request,
    aiops_mhd_completed completed, void *context) {
    struct aiops_mhd_server *server = calloc(1, sizeof *server);
    if (server == NULL) return NULL;
    server->request = request;
    server->completed = completed;
    server->context = context;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, aiops_mhd_on_request, server,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_NOTIFY_COMPLETED, aiops_mhd_on_completed, server,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        free(server);
        return NULL;
    }
    return server;
}

// Blocks until the thread has ended; no connection may be suspended.
static inline void aiops_mhd_stop(struct aiops_mhd_server *server) {
    MHD_stop_daemon(server->daemon);
    free(server);
}

struct aiops_mhd_pairs {
    aiops_mhd_pair each;
    void *context;
};

static enum MHD_Result aiops_mhd_on_pair(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct aiops_mhd_pairs *pairs = context;
    (void)kind;
    pairs->each(pairs->context, name, value);
    return MHD_YES;
}

static inline void aiops_mhd_each_header(struct MHD_Connection *connection, aiops_mhd_pair each, void *context) {
    struct aiops_mhd_pairs pairs = {each, context};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, aiops_mhd_on_pair, &pairs);
}

static inline void aiops_mhd_each_argument(struct MHD_Connection *connection, aiops_mhd_pair each, void *context) {
    struct aiops_mhd_pairs pairs = {each, context};
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, aiops_mhd_on_pair, &pairs);
}

// The bytes are copied.
static inline struct MHD_Response *aiops_mhd_make_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline void aiops_mhd_add_header(struct MHD_Response *response, const char *name, const char *value) {
    MHD_add_response_header(response, name, value);
}

// Queues and lets go of the response; 0 when the connection must be closed.
static inline int aiops_mhd_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
    int result = MHD_queue_response(connection, status, response) == MHD_YES;
    MHD_destroy_response(response);
    return result;
}
