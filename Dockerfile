# syntax=docker/dockerfile:1
# One file for every deployable: docker build --build-arg SERVICE=api|webhook-ingest|cli .
FROM node:26-bookworm-slim AS build
WORKDIR /src
RUN npm install --global pnpm@12.20.0
COPY . .
# Before the argument, so that the three images share the installation.
RUN pnpm install --frozen-lockfile
ARG SERVICE
RUN pnpm --filter "@licenseoperator/${SERVICE}" run build

FROM node:26-bookworm-slim
ARG SERVICE
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/services/${SERVICE}/dist ./dist
RUN mkdir -p config && chown node:node config
USER node
ENTRYPOINT ["node", "--disable-proto=delete", "--enable-source-maps", "dist/main.js"]
