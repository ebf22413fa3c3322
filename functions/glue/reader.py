"""Reads delimited files, in Spark's tasks: exactly as each file's dialect says, which Spark's own reader cannot."""

import codecs
import zlib

from .errors import UnreadableFile
from .objects import object_bytes
from .tokenizer import ESCAPE, RECORD, Tokenizer

CODECS = {"utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "latin-1": "latin-1"}
BLOCK_BYTES = 1024 * 1024


def inflated(chunks):
    """Decompresses gzip, also of several members one after the other, which concatenated files have."""
    inflater = None
    for chunk in chunks:
        while chunk:
            if inflater is None:
                inflater = zlib.decompressobj(wbits=31)
            try:
                out = inflater.decompress(chunk, BLOCK_BYTES)
            except zlib.error as error:
                raise UnreadableFile(f"the gzip data is damaged: {error}") from error
            if out:
                yield out
            if not inflater.eof:
                chunk = inflater.unconsumed_tail
                continue
            chunk, inflater = inflater.unused_data, None
            if chunk and chunk[0] != 0x1F:
                # Padding, not another member.
                return
    if inflater is not None:
        raise UnreadableFile("the gzip data ends too early")


def texts(file):
    """Yields the file's characters in blocks, without the byte order mark, and with each whether it is the last."""
    dialect = file["dialect"]
    chunks = object_bytes(file)
    if dialect["compression"] == "gzip":
        chunks = inflated(chunks)
    decoder = codecs.getincrementaldecoder(CODECS[dialect["encoding"]])(errors="replace")
    mark = "\ufeff" if dialect["bom"] else ""
    for chunk in chunks:
        for at in range(0, len(chunk), BLOCK_BYTES):
            text = decoder.decode(chunk[at : at + BLOCK_BYTES])
            if text and mark:
                text, mark = text.removeprefix(mark), ""
            yield text, False
    yield decoder.decode(b"", final=True), True


def read_files(files):
    """
    Yields blocks of records of a task's files: source id, whether there are escapes, the records. The blocks are few
    and large, because each of them costs time on its way from Python to the JVM.
    """
    for file, positions in files:
        tokenizer = Tokenizer(file["dialect"], len(file["columns"]), positions)
        for text, final in texts(file):
            records = tokenizer.feed(text, final)
            if records:
                block = RECORD.join(records)
                yield file["sourceId"], ESCAPE in block, block


def bind_columns(plan, columns):
    """Finds each of the plan's columns in the file: its position, or None where an optional column is missing."""
    fold = str.lower if plan["headerCase"] == "insensitive" else str
    places = {}
    for at, column in enumerate(columns):
        places.setdefault(fold(column), at)
    return [places.get(fold(column["source"])) for column in plan["columns"]]
