#!/bin/sh
# Calls the front door once a second for as long as it runs; one line a call: time, status (000 for none), milliseconds.
hundredths() {
    read -r up rest </proc/uptime
    echo $((${up%.*} * 100 + 1${up#*.} - 100))
}

while :; do
    begun=$(hundredths)
    answer=$(timeout 4 wget -S -O /dev/null "http://$FRONT_DOOR/" 2>&1)
    status=$(echo "$answer" | sed -n 's|.*HTTP/1\.[01] \([0-9][0-9][0-9]\).*|\1|p' | head -n 1)
    took=$((($(hundredths) - begun) * 10))
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ${status:-000} $took"
    sleep 1
done
