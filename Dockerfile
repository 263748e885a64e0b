# kdviz on a CPU host: `docker build -t kdviz . && docker run -p 127.0.0.1:8501:8501 -v kdviz:/home/kdviz/.kdviz kdviz`
FROM python:3.11-slim
RUN useradd --create-home --uid 10001 kdviz
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt
COPY --chown=kdviz . .
ENV KDVIZ_HOME=/home/kdviz/.kdviz NUMBA_CACHE_DIR=/home/kdviz/.numba PYTHONUNBUFFERED=1
USER kdviz
RUN mkdir -p "$KDVIZ_HOME" && python -m kdviz warm
VOLUME /home/kdviz/.kdviz
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
