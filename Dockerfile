# One image for every app; the command, or APP, says which one runs:
#   docker build -t luma-sync .
#   docker run -e APP=relay -e DATABASE_URL=... -e REDIS_URL=... luma-sync
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV CI=true
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
# The version that package.json names. Fetching comes first: it is repeated only when the lockfile changes.
RUN npm install --global "$(node -p "require('./package.json').packageManager")" && pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline
# Generating needs no engine, but the command line downloads one unless a file that can be run is named.
RUN PRISMA_SCHEMA_ENGINE_BINARY="$(command -v node)" CHECKPOINT_DISABLE=1 pnpm exec prisma generate --no-hints --schema prisma/schema.prisma
RUN pnpm exec tsc -b
# What runs: compiled code, migrations and the dependencies of production. No tools, no tests, no sources.
RUN rm -rf node_modules packages/*/node_modules apps/*/node_modules \
  && pnpm install --prod --frozen-lockfile --offline \
  && rm -rf packages/*/src packages/*/test apps/*/src apps/*/test scripts tests bench chaos .ci docs apps/canary apps/demo apps/luma-sim packages/luma-facts packages/testkit \
  && find . -name '*.tsbuildinfo' -not -path '*/node_modules/*' -delete

FROM ${NODE_IMAGE} AS run
WORKDIR /app
ENV NODE_ENV=production APP=ingress PORT=8080
# A process that is started again finds its code compiled, and is up sooner.
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache
COPY --from=build --chown=root:root /app ./
# An account without rights that the image has; it can read the app and write nothing of it.
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# exec: node gets the signals.
CMD ["sh", "-c", "exec node \"apps/$APP/dist/main.js\""]
