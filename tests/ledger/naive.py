"""RFC 6962, section 2.1, word by word: slow, and not a line shared with ours."""

from hashlib import sha256


def mth(leaves: list[bytes]) -> bytes:
    """Merkle Tree Hash of a list of entries."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: list[bytes]) -> list[bytes]:
    """PROOF(m, D[n]), for 0 < m < n."""
    return subproof(m, leaves, True)


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tiles(leaves: list[bytes]) -> dict[str, bytes]:
    """Every tile and bundle of a log, by the definition of tlog-tiles: MTH(D[(n*256+i)*256**l : (n*256+i+1)*256**l])."""
    found = {}
    for n in range(0, -(-len(leaves) // 256)):
        part = leaves[n * 256 : n * 256 + 256]
        suffix = "" if len(part) == 256 else f".p/{len(part)}"
        found[f"tile/entries/{n:03d}{suffix}"] = b"".join(len(e).to_bytes(2, "big") + e for e in part)
    level = 0
    while len(leaves) >= 256**level:
        span = 256**level
        hashes = [mth(leaves[i * span : (i + 1) * span]) for i in range(len(leaves) // span)]
        for n in range(0, -(-len(hashes) // 256)):
            part = hashes[n * 256 : n * 256 + 256]
            suffix = "" if len(part) == 256 else f".p/{len(part)}"
            found[f"tile/{level}/{n:03d}{suffix}"] = b"".join(part)
        level += 1
    return found
