# One static binary, and the certificates to reach AWS with:
#
#   docker build -t keysift .
#   docker run --rm -v "$PWD/target:/scan:ro" keysift scan /scan
#
# CI systems that start a shell in the image take the other one: docker build --target shell -t keysift:shell .
FROM rust:1.95-alpine AS build
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates cmake g++ make musl-dev perl
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM alpine:3.22 AS shell
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates && adduser -D -u 65532 keysift
COPY --from=build /src/target/release/keysift /usr/local/bin/keysift
USER 65532:65532

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/target/release/keysift /usr/bin/keysift
USER 65532:65532
WORKDIR /scan
ENTRYPOINT ["/usr/bin/keysift"]
CMD ["--help"]
