FROM node:20.20.2-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts \
 && npm run package -- npm \
 && mkdir /out \
 && tar xzf packages/c2l-*.tgz -C /out

FROM node:20.20.2-slim
COPY --from=build /out/package /opt/c2l
# A number, so that a cluster's runAsNonRoot can check it.
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["node", "/opt/c2l/bin/c2l.js"]
