"""Unix compress (.Z), which the UCI archive is packed with."""

from __future__ import annotations


def unpack_z(packed: bytes) -> bytes:
    """Undo Unix `compress` (.Z): LZW with codes that grow from 9 bits on.

    Every code stands for a run of bytes; each new run is the one before plus the first byte of the
    current one. When the codes get one bit wider, the packer fills up a block of 8 codes first.
    """
    if packed[:2] != b"\x1f\x9d" or len(packed) < 3:
        raise ValueError("not packed with Unix compress")
    widest, blocks = packed[2] & 0x1F, bool(packed[2] & 0x80)
    first_free = 257 if blocks else 256  # in block mode, code 256 says: forget all runs
    runs = [bytes([byte]) for byte in range(256)] + [b""] * (first_free - 256)
    data, bit, width, block_start = packed[3:], 0, 9, 0
    unpacked: list[bytes] = []
    before = b""
    while bit + width <= 8 * len(data):
        chunk = int.from_bytes(data[bit // 8 : bit // 8 + 4], "little")
        code = chunk >> bit % 8 & ((1 << width) - 1)
        bit += width
        clear = blocks and code == 256
        if clear:
            del runs[first_free:]
            before = b""
        else:
            if code > len(runs) or (code == len(runs) and not before):
                raise ValueError("the packed file is damaged")
            run = runs[code] if code < len(runs) else before + before[:1]
            unpacked.append(run)
            if before and len(runs) < 1 << widest:
                runs.append(before + run[:1])
            before = run
        # The packer's table is one run ahead of ours, except right after it was emptied.
        wider = 9 if clear else min(widest, max(width, len(runs).bit_length()))
        if wider != width or clear:
            block = 8 * width
            bit = block_start + -(-(bit - block_start) // block) * block
            block_start, width = bit, wider
    return b"".join(unpacked)
