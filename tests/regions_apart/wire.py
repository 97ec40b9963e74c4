"""The line between two regions, as somebody who taps it sees it: what goes over it is kept, and it can be cut."""

import contextlib
import socket
import threading
import zlib


class Relay:
    """Brings connections on a port of its own to another port of this machine, and keeps every byte of both directions."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._chunks: list[bytes] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        self._ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def tapped(self) -> bytes:
        """Everything that went over the line, and what its compressed parts say."""
        whole = b"".join(self._chunks)
        return whole + b"".join(unpacked(whole))

    def cut(self) -> None:
        """Break every connection, in the middle of whatever it does, and let no new one begin."""
        self.is_cut = True
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self._ended = True
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = None if self.is_cut else socket.create_connection(("127.0.0.1", self._to_port), timeout=5)
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._chunks.append(data)
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            with self._lock:
                self._open.discard(one)


def unpacked(data: bytes) -> list[bytes]:
    """What the gzip members in a stream of bytes hold."""
    found, at = [], 0
    while (at := data.find(b"\x1f\x8b\x08", at)) >= 0:
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data[at:]))
        at += 3
    return found


class Sniffer:
    """Every TCP segment of some ports on the loopback device, read from the kernel itself; needs root (CAP_NET_RAW)."""

    def __init__(self, ports: set[int]) -> None:
        self._ports = ports
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(0x0800))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024 * 1024)
        self._socket.bind(("lo", 0))
        self._socket.settimeout(0.2)
        self._streams: dict[tuple[int, int], bytearray] = {}
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def stop(self) -> bytes:
        """Everything that was seen, stream by stream, and what its compressed parts say."""
        self._ended = True
        self._thread.join()
        self._socket.close()
        return b"".join(bytes(stream) + b"".join(unpacked(bytes(stream))) for stream in self._streams.values())

    def _read(self) -> None:
        while not self._ended:
            with contextlib.suppress(TimeoutError):
                data, address = self._socket.recvfrom(262_144)
                if address[2] != socket.PACKET_OUTGOING:  # on loopback each packet passes twice
                    self._keep(data[14:])

    def _keep(self, packet: bytes) -> None:
        if packet[9] != socket.IPPROTO_TCP:
            return
        segment = packet[(packet[0] & 15) * 4 : int.from_bytes(packet[2:4], "big")]
        ports = int.from_bytes(segment[0:2], "big"), int.from_bytes(segment[2:4], "big")
        if self._ports & set(ports):
            self._streams.setdefault(ports, bytearray()).extend(segment[(segment[12] >> 4) * 4 :])
