# syntax=docker/dockerfile:1
FROM node:24-slim AS dependencies
WORKDIR /callboard
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production \
    DATABASE_URL=sqlite:/data/callboard.db \
    NODE_COMPILE_CACHE=/tmp/callboard-compile-cache
WORKDIR /callboard
COPY --from=dependencies /callboard/node_modules node_modules
COPY package.json rules.yaml ./
COPY bin bin
COPY src src
COPY templates templates
# The image's own user 1000; the data volume belongs to it.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: SIGTERM reaches the program, which then finishes what is in flight.
CMD ["node", "src/main.ts", "serve"]
