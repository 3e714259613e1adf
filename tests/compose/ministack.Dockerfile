# MiniStack for the tests, where its published image cannot be pulled.
ARG PYTHON_IMAGE=python:3.13-slim-trixie
FROM ${PYTHON_IMAGE}
COPY ministack.txt .
RUN python -m pip install --quiet --break-system-packages --require-hashes --requirement ministack.txt
EXPOSE 4566
CMD ["ministack"]
