# syntax=docker/dockerfile:1
# One image for every process: the command says which (compose.yaml). Built in one stage, run from another without
# compilers or package tools, as an account without rights.
# by tag here; a release names it by digest (SECURITY.md): --build-arg PYTHON_IMAGE=python:3.13-slim@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY infra/uv.txt infra/uv.txt
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r infra/uv.txt
RUN python -m venv --without-pip /opt/quinzaine
ENV UV_PYTHON=/opt/quinzaine/bin/python UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
# the dependencies first: they change less often than we do
COPY requirements.lock requirements.lock
RUN --mount=type=cache,target=/root/.cache/uv /tools/bin/uv pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY data data
COPY infra infra
COPY services services
COPY shared shared
RUN --mount=type=cache,target=/root/.cache/uv /tools/bin/uv pip install --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --home-dir /var/lib/quinzaine --create-home quinzaine
COPY --from=build /opt/quinzaine /opt/quinzaine
ENV PATH=/opt/quinzaine/bin:$PATH PYTHONUNBUFFERED=1 QUINZAINE_HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/quinzaine
EXPOSE 8000
ENTRYPOINT ["quinzaine"]
CMD ["web"]
