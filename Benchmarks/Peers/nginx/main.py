"""nginx, one worker in one process, configured for speed: writes its configuration and becomes it.

usage: main.py FOLDER [CERTIFICATE KEY] PORT
"""

import os
import sys
import tempfile
from pathlib import Path

CONFIGURATION = """
daemon off;
master_process off;
worker_rlimit_nofile {descriptors};
error_log stderr crit;
pid {prefix}/pid;
events {{ worker_connections {connections}; multi_accept on; }}
http {{
    access_log off;
    default_type text/plain;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 3600;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    open_file_cache max=16 inactive=1h;
    {tls}
    server {{
        listen 127.0.0.1:{port}{ssl} backlog=4096;
        root {folder};
        location = /hello {{ return 200 "Hello, World!"; }}
    }}
}}
"""
TLS = "ssl_certificate {}; ssl_certificate_key {}; ssl_protocols TLSv1.3;"
CONNECTIONS = 16_384


def main() -> None:
    folder, *identity, port = sys.argv[1:]
    prefix = tempfile.mkdtemp(prefix="nginx-", dir=Path(folder).parent)
    configuration = Path(prefix) / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(
        prefix=prefix, folder=folder, port=port, connections=CONNECTIONS,
        descriptors=CONNECTIONS + 64, tls=TLS.format(*identity) if identity else "",
        ssl=" ssl" if identity else ""))
    # Debian's is in sbin, which is not on everybody's PATH.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    os.execvp("nginx", ["nginx", "-p", prefix, "-c", str(configuration), "-e", "stderr"])


main()
