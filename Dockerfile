# syntax=docker/dockerfile:1
# One file for everything that is deployed: docker build --target api|webhook-ingest|cli|stripe-emulator .
FROM node:26-bookworm-slim AS build
WORKDIR /src
RUN npm install --global pnpm@12.20.0
# What is downloaded depends on these two alone: a change of the sources downloads nothing.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch --frozen-lockfile
COPY . .
RUN pnpm install --offline --frozen-lockfile
RUN pnpm --filter @licenseoperator/api --filter @licenseoperator/webhook-ingest --filter @licenseoperator/cli --filter @licenseoperator/stripe-emulator run build

# What is shipped, and nothing else.
FROM scratch AS bundles
COPY --from=build /src/services/api/dist /api
COPY --from=build /src/services/webhook-ingest/dist /webhook-ingest
COPY --from=build /src/services/cli/dist /cli
COPY --from=build /src/tooling/stripe-emulator/dist/lib /stripe-emulator/lib
COPY --from=build /src/tooling/stripe-emulator/dist/schema /stripe-emulator/schema
COPY --from=build /src/tooling/stripe-emulator/dist/LICENSES.txt /stripe-emulator/

# Node without npm and its relatives: nothing that runs here installs a package.
FROM node:26-bookworm-slim AS slim
RUN rm -rf /opt/yarn* /usr/local/bin/corepack /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn* /usr/local/include/node /usr/local/lib/node_modules

# As one layer, because a layer that removes files does not make those below it smaller. Every image shares it.
FROM scratch AS runtime
COPY --from=slim / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV NODE_ENV=production
WORKDIR /app
# An empty volume that is mounted here belongs to the user who fills it.
RUN mkdir config emulator && chown 1000:1000 config emulator
# The official image's `node`, by number: Kubernetes can only see of a number that it is not root.
USER 1000:1000
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="License Operator" org.opencontainers.image.licenses="Apache-2.0" org.opencontainers.image.version="$VERSION" org.opencontainers.image.revision="$REVISION"

FROM runtime AS api
LABEL org.opencontainers.image.title="licenseoperator-api" org.opencontainers.image.description="HTTP API: checkout, licenses, catalog, reports"
COPY --from=bundles /api ./dist
ENTRYPOINT ["node", "--disable-proto=delete", "--enable-source-maps", "dist/main.js"]
EXPOSE 8082
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8082/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM runtime AS webhook-ingest
LABEL org.opencontainers.image.title="licenseoperator-webhook-ingest" org.opencontainers.image.description="Receives Stripe's webhooks, processes them and announces licenses"
COPY --from=bundles /webhook-ingest ./dist
ENTRYPOINT ["node", "--disable-proto=delete", "--enable-source-maps", "dist/main.js"]
EXPOSE 8083
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8083/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM runtime AS stripe-emulator
LABEL org.opencontainers.image.title="licenseoperator-stripe-emulator" org.opencontainers.image.description="A Stripe for demonstrations and tests, with a page to pay on"
COPY --from=bundles /stripe-emulator ./dist
ENTRYPOINT ["node", "--disable-proto=delete", "dist/lib/main.js"]
EXPOSE 12111
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:12111/_emulator/page').then(() => process.exit(0), () => process.exit(1))"]

# Last, so that it is what `docker build .` makes.
FROM runtime AS cli
LABEL org.opencontainers.image.title="licenseoperator" org.opencontainers.image.description="The operator's command line, and the jobs of a deployment"
COPY --from=bundles /cli ./dist
COPY config/config.example.yaml ./config.example.yaml
ENTRYPOINT ["node", "--disable-proto=delete", "--enable-source-maps", "dist/main.js"]
