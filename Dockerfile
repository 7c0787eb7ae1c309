# One image for everything: `migrate`, `web` and `worker` are commands of the same program.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements requirements
RUN pip install -q --require-hashes -r requirements/build.lock \
 && pip install -q --require-hashes -r requirements/run.lock
COPY pyproject.toml README.md ./
COPY moderation moderation
COPY classifiers classifiers
COPY workers workers
RUN pip install -q --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin moderation \
 && install -d -o moderation -g moderation /data
COPY --from=build /opt/moderation /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH PYTHONUNBUFFERED=1 \
    MODERATION_DATA_DIR=/data MODERATION_BIND=0.0.0.0:8000
USER moderation
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Of the web; compose gives workers one of their own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["moderation"]
CMD ["web"]
