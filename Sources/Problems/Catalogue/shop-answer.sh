#!/bin/sh
# Answers 200 when every upstream answers, else 502. The environment names the service, its upstreams and its patience.
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

answer() {
    echo "$(now) $SERVICE GET / $1" >&2
    printf 'Status: %s\r\nContent-Type: text/plain\r\n\r\n%s\n' "$1" "$SERVICE: $2"
    exit 0
}

ask() {
    timeout "$PATIENCE" wget -q -O /dev/null "http://$1/" && return 0
    echo "$(now) $SERVICE: no good answer from http://$1/" >&2
    return 1
}

waiting=""
for upstream in $UPSTREAMS; do
    # The answer's pipe must not be inherited: `timeout` keeps a watcher alive for a second.
    ask "$upstream" >/dev/null &
    waiting="$waiting $!"
done
failed=0
for asked in $waiting; do
    wait "$asked" || failed=1
done
if [ "$failed" = 0 ]; then answer "200 OK" "open"; fi
answer "502 Bad Gateway" "upstream failed"
