"""The number of rows of a Parquet object, read from its own footer."""

from .errors import EtlError

# As much of a Parquet object's end as mostly holds its footer.
FOOTER_BYTES = 64 * 1024


def parquet_rows(client, bucket, key, size):
    """Reads what the object's own footer says."""
    wanted = min(size, FOOTER_BYTES)
    while True:
        asked = f"bytes={size - wanted}-{size - 1}"
        tail = client.get_object(Bucket=bucket, Key=key, Range=asked)["Body"].read()
        length = int.from_bytes(tail[-8:-4], "little")
        if length + 8 <= len(tail):
            return footer_rows(tail[-8 - length : -8])
        wanted = length + 8


def footer_rows(footer):
    """Finds the number of rows in a footer: field 3 of a Thrift structure in the compact protocol."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = footer[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def skip(kind, within_list=False):
        nonlocal at
        if kind in (1, 2):
            at += within_list
        elif kind == 3:
            at += 1
        elif kind in (4, 5, 6):
            varint()
        elif kind == 7:
            at += 8
        elif kind == 8:
            length = varint()
            at += length
        elif kind in (9, 10):
            header = footer[at]
            at += 1
            for _ in range(varint() if header >> 4 == 15 else header >> 4):
                skip(header & 15, True)
        elif kind == 12:
            while footer[at] != 0:
                field()
            at += 1
        else:
            raise EtlError(f"a Parquet footer holds a value of the unknown kind {kind}")

    def field():
        nonlocal at
        header = footer[at]
        at += 1
        if header >> 4 == 0:
            varint()
        skip(header & 15)

    # In order: the version, the schema, the rows; integers are zigzag-encoded behind one byte of header.
    field()
    field()
    at += 1
    return varint() >> 1
