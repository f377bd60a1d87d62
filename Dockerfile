# The images of the operator and of the agents' sandbox, for where there is a registry.
# Without one: make image (scripts/images/operator.py) and the private cluster's own sandbox image.
#
#   docker build --tag REGISTRY/aiops-operator:0.1.0 .
#   docker build --tag REGISTRY/aiops-sandbox:0.1.0 --target sandbox .

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libcurl4-openssl-dev libmicrohttpd-dev libssl-dev libyaml-dev zlib1g-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY scripts/functions.order scripts/lean.sh scripts/release.sh scripts/
RUN scripts/release.sh aiops-operator \
    && strip --strip-all --output-file=/aiops-operator "$(swift build --configuration release --show-bin-path)/aiops-operator"

# What a model's commands run in: a shell and tools, none of our binaries, no key.
FROM debian:bookworm-slim AS sandbox
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bash ca-certificates curl jq kubernetes-client procps \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 65532 --user-group --create-home --home-dir /home/agent agent
USER 65532:65532
WORKDIR /home/agent
ENV HOME=/home/agent LC_ALL=C.UTF-8
CMD ["sleep", "infinity"]

FROM debian:bookworm-slim AS operator
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libcurl4 libmicrohttpd12 libssl3 libyaml-0-2 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /aiops-operator /usr/bin/aiops-operator
LABEL org.opencontainers.image.licenses="Apache-2.0" org.opencontainers.image.version="0.1.0"
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/bin/aiops-operator"]
