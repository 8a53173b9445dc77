# syntax=docker/dockerfile:1
# The program, its models and the second reader's data in one image; nothing is fetched at run time.

FROM rust:1.95-bookworm AS build
# The list is that of scripts/setup; python and git come with the base image.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libtesseract-dev libleptonica-dev clang libclang-dev pkg-config cmake nasm python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Models first: they change less often than the program.
COPY scripts/fetch-models scripts/fetch-models
COPY models/manifest.toml models/manifest.toml
RUN scripts/fetch-models
COPY . .
# "otel" for traces (docs/SERVICE.md).
ARG FEATURES=""
RUN cargo build --release --locked --features "$FEATURES" --bin vouch && strip target/release/vouch

FROM debian:bookworm-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libtesseract5 tesseract-ocr-chi-sim tesseract-ocr-eng ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin vouch \
    # A volume that is made here takes over owner and mode.
    && install -o vouch -g vouch -m 0700 -d /var/lib/vouch
COPY --from=build /src/target/release/vouch /usr/local/bin/vouch
COPY --from=build /src/models/cache /opt/vouch/models/cache
COPY --from=build /src/models/trained /opt/vouch/models/trained
COPY LICENSE-MIT LICENSE-APACHE THIRD-PARTY-MODELS.md /usr/share/doc/vouch/
# OMP_THREAD_LIMIT: Tesseract's OpenMP threads spin against each other.
ENV VOUCH_MODELS=/opt/vouch/models/cache VOUCH_DATA=/var/lib/vouch OMP_THREAD_LIMIT=1 LANG=C.UTF-8
USER vouch
WORKDIR /work
# Of `vouch serve` on its own port; a worker's probe names the port that it is watched at (deploy/compose.yaml).
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["vouch", "health"]
ENTRYPOINT ["vouch"]
CMD ["serve"]
