"""QR codes as SVG, for short texts that are scanned from a screen: byte mode, error correction M, versions 1 to 10.

The portal carries no library for it: what prints documents weighs 90 MiB. The steps are those of ISO/IEC 18004; every
version is read back in tests by a decoder of others.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

Grid = list[list[bool | None]]
# Error correction bytes per block, then the data bytes of each block, by version.
BLOCKS: dict[int, tuple[int, tuple[int, ...]]] = {
    1: (10, (16,)), 2: (16, (28,)), 3: (26, (44,)), 4: (18, (32,) * 2), 5: (24, (43,) * 2), 6: (16, (27,) * 4),
    7: (18, (31,) * 4), 8: (22, (38, 38, 39, 39)), 9: (22, (36, 36, 36, 37, 37)), 10: (26, (43, 43, 43, 43, 44)),
}  # fmt: skip
ALIGNED = {2: 18, 3: 22, 4: 26, 5: 30, 6: 34, 7: 22, 8: 24, 9: 26, 10: 28}
QUIET = 4
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _: y % 2 == 0,
    lambda _, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def svg(text: str, label: str) -> str:
    """The code as an SVG image that says `label` to who cannot see it. ValueError when the text is too long."""
    grid = matrix(text)
    size = len(grid) + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(grid) for x, cell in enumerate(row) if cell
    )
    named = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="264" height="264" role="img" '
        f'aria-label="{named}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{dark}"/></svg>'
    )


def matrix(text: str) -> list[list[bool]]:
    """The dark modules, without the quiet zone."""
    raw = text.encode()
    version = next((number for number in BLOCKS if len(raw) + 2 + (number > 9) <= sum(BLOCKS[number][1])), None)
    if version is None:
        raise ValueError("the text is too long for a code")
    bits = _bits(_codewords(raw, version))
    drawn = [_masked(version, bits, mask) for mask in range(8)]
    return min(drawn, key=_runs)


def _codewords(raw: bytes, version: int) -> bytes:
    """Data and error correction, interleaved over the blocks."""
    correcting, sizes = BLOCKS[version]
    count = 16 if version > 9 else 8
    stream = f"0100{len(raw):0{count}b}" + "".join(f"{byte:08b}" for byte in raw) + "0000"
    stream = stream[: 8 * sum(sizes)]
    stream += "0" * (-len(stream) % 8)
    data = bytearray(int(stream[place : place + 8], 2) for place in range(0, len(stream), 8))
    data += bytes([0xEC, 0x11] * sum(sizes))[: sum(sizes) - len(data)]
    blocks, start = [], 0
    for size in sizes:
        blocks.append(bytes(data[start : start + size]))
        start += size
    checks = [_correction(block, correcting) for block in blocks]
    mixed = [block[place] for place in range(max(sizes)) for block in blocks if place < len(block)]
    return bytes(mixed + [check[place] for place in range(correcting) for check in checks])


@cache
def _powers() -> tuple[tuple[int, ...], dict[int, int]]:
    """The powers of 2 in the field of 256 elements, and their logarithms."""
    powers, value = [], 1
    for _ in range(255):
        powers.append(value)
        value = (value << 1) ^ (0x11D if value & 0x80 else 0)
    return tuple(powers), {power: place for place, power in enumerate(powers)}


def _times(one: int, other: int) -> int:
    powers, logs = _powers()
    return powers[(logs[one] + logs[other]) % 255] if one and other else 0


def _correction(block: bytes, count: int) -> bytes:
    """The remainder of the block divided by the generator of this degree."""
    generator = [1]
    for place in range(count):
        root = _powers()[0][place]
        generator = [a ^ _times(b, root) for a, b in zip([*generator, 0], [0, *generator], strict=True)]
    rest = [*block, *([0] * count)]
    for place in range(len(block)):
        if factor := rest[place]:
            for offset, part in enumerate(generator):
                rest[place + offset] ^= _times(part, factor)
    return bytes(rest[-count:])


def _bits(codewords: bytes) -> list[bool]:
    return [bool(byte >> shift & 1) for byte in codewords for shift in range(7, -1, -1)]


def _masked(version: int, bits: list[bool], mask: int) -> list[list[bool]]:
    grid = _frame(version)
    _write_format(grid, mask)
    free = [(y, x) for y, x in _snake(len(grid)) if grid[y][x] is None]
    for number, (y, x) in enumerate(free):
        bit = bits[number] if number < len(bits) else False
        grid[y][x] = bit ^ MASKS[mask](y, x)
    return [[bool(cell) for cell in row] for row in grid]


def _frame(version: int) -> Grid:
    """Finders, timing, alignment and version; None where data goes, and where the format will be written."""
    size = 17 + 4 * version
    grid: Grid = [[None] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < size and 0 <= left + x < size:
                    ring = max(abs(y - 3), abs(x - 3))
                    grid[top + y][left + x] = ring in (0, 1, 3)
    for place in range(8, size - 8):
        grid[6][place] = grid[place][6] = place % 2 == 0
    last = size - 7
    centres = sorted({6, ALIGNED[version], last}) if version > 1 else []
    for cy in centres:
        for cx in centres:
            if (cy, cx) not in ((6, 6), (6, last), (last, 6)):  # there are the finders
                for y in range(-2, 3):
                    for x in range(-2, 3):
                        grid[cy + y][cx + x] = max(abs(y), abs(x)) != 1
    if version > 6:
        told = version << 12 | _remainder(version << 12, 0x1F25, 12)
        for place in range(18):
            bit = bool(told >> place & 1)
            grid[size - 11 + place % 3][place // 3] = grid[place // 3][size - 11 + place % 3] = bit
    return grid


def _write_format(grid: Grid, mask: int) -> None:
    """Level M (00) and the mask, twice, and the module that is always dark."""
    size = len(grid)
    told = (mask << 10 | _remainder(mask << 10, 0x537, 10)) ^ 0x5412
    beside = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(y, 8) for y in range(size - 1, size - 8, -1)] + [(8, x) for x in range(size - 8, size)]
    for number in range(15):
        bit = bool(told >> (14 - number) & 1)
        for y, x in (beside[number], apart[number]):
            grid[y][x] = bit
    grid[size - 8][8] = True


def _remainder(value: int, divisor: int, degree: int) -> int:
    while value.bit_length() > degree:
        value ^= divisor << value.bit_length() - 1 - degree
    return value


def _snake(size: int) -> Iterator[tuple[int, int]]:
    """The order of the data: two columns at a time from the right, up and down in turn, without the timing column."""
    up = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for y in range(size - 1, -1, -1) if up else range(size):
            yield y, right
            yield y, right - 1
        up = not up


def _runs(grid: list[list[bool]]) -> int:
    """How much of the code is runs of five or more of one colour, which readers dislike."""
    found = 0
    for line in (*grid, *zip(*grid, strict=True)):
        length = 1
        for before, cell in pairwise(line):
            length = length + 1 if before == cell else 1
            found += 3 if length == 5 else length > 5
    return found
