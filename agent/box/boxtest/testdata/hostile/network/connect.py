# Connects to a server of the host, by every address that might lead there.
# want: exit 0 "contained\n"
import os, socket
port = int(os.environ["CANARY_PORT"])
for host in ("127.0.0.1", "localhost", "0.0.0.0", "::1", "10.0.2.2", "172.17.0.1", "169.254.169.254"):
    try:
        s = socket.create_connection((host, port), timeout=1)
        print("breach", host, s.recv(100))
    except OSError:
        pass
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
    try:
        socket.socket(socket.AF_INET, kind)
        print("breach", kind)
    except OSError:
        pass
print("contained")
