"""
Splits the text of a delimited file into records.

Both engines read a record in this way (the other one in functions/light-etl/records.ts):
- LF, CRLF and CR end a line. Blank lines count for nothing, at the beginning and at the end too.
- A field that begins with a quote runs to its closing quote, and two quotes in it stand for one. Where something else
  than a delimiter follows the closing quote, the record is `malformed quotes` up to the end of that line. A quote that
  is never closed spoils its own line only.
- A quote further on in an unquoted field stands for itself, also after blanks.
"""

import re

# Between fields, between records, and before a letter that stands for one of the three where a text holds it.
FIELD, RECORD, ESCAPE = "\x1f", "\x1e", "\x1d"
ESCAPES = {ESCAPE: ESCAPE + "0", RECORD: ESCAPE + "1", FIELD: ESCAPE + "2"}
CONTROL = re.compile("[\x1d\x1e\x1f]")
# What the decoder leaves in place of bytes that mean nothing in the encoding.
REPLACEMENT = "\ufffd"
# A quote that is not closed within this many bytes counts as one that never is.
MAX_RECORD = 16 * 1024 * 1024
# How many bytes are kept of a record that cannot be read.
KEPT_BYTES = 40_000


class Tokenizer:
    """Turns blocks of text into the records that Spark gets: error, line and the plan's columns, joined by FIELD."""

    def __init__(self, dialect, columns, positions):
        self.delimiter = dialect["delimiter"]
        self.quote = dialect["quote"]
        self.encoding = dialect["encoding"]
        self.width = columns
        self.positions = positions
        self.as_they_come = positions == list(range(columns))
        self.header = True
        self.rest = ""
        # The beginning of a line that is too long, while its end is looked for.
        self.endless = None
        d, q = re.escape(self.delimiter), re.escape(self.quote)
        quoted = f"{q}[^{q}]*(?:{q}{q}[^{q}]*)*{q}"
        field = f"(?:{quoted}|[^{q}{d}\r\n][^{d}\r\n]*|)"
        self.record = re.compile(f"{field}(?:{d}{field})*(?=[\r\n]|\\Z)")
        self.fields = re.compile(f"({quoted}|[^{d}]*)(?:{d}|\\Z)")
        self.plain = re.compile(f"[^{d}\r\n]*")
        self.line = re.compile("[^\r\n]*")

    def feed(self, text, final):
        """Returns the records that end in what has been fed so far."""
        text, self.rest = self.rest + text, ""
        records = []
        if self.endless is not None:
            end = self.line.match(text).end()
            if end == len(text) and not final:
                return records
            records.append(self.shapeless(f"longer than {MAX_RECORD // 1024 // 1024} MiB", self.endless))
            text, self.endless = text[end:], None
        records += self.lines(text, final) if self.quote not in text else self.quoted_records(text, final)
        if longer_than(self.rest, MAX_RECORD):
            # What has waited so long for the end of its line, rather than for a closing quote.
            self.endless, self.rest = shortened(self.rest), ""
        return records

    def lines(self, text, final):
        if "\r" in text:
            # A CR at the end may be half of a CRLF.
            pending = "\r" if text.endswith("\r") and not final else ""
            text = text[: len(text) - len(pending)].replace("\r\n", "\n").replace("\r", "\n")
        else:
            pending = ""
        lines = text.split("\n")
        self.rest = "" if final else lines.pop() + pending
        if self.header:
            while lines and self.header:
                self.header = lines.pop(0) == ""
        wanted, delimiter = self.width - 1, self.delimiter
        fine = [line for line in lines if line.count(delimiter) == wanted and line]
        if self.as_they_come and REPLACEMENT not in text and CONTROL.search(text) is None:
            records = [FIELD + FIELD + line.replace(delimiter, FIELD) for line in fine]
        else:
            records = [self.encoded(line.split(delimiter)) for line in fine]
        if len(fine) != len(lines):
            odd = (line for line in lines if line and line.count(delimiter) != wanted)
            records += [self.misshapen(line.count(delimiter) + 1, line) for line in odd]
        return records

    def quoted_records(self, text, final):
        at, end = 0, len(text)
        while at < end:
            if text[at] in "\r\n":
                at += 1
                continue
            match = self.record.match(text, at)
            stop = match.end() if match else self.offence(text, at)
            malformed = match is None
            if stop is None:
                if not final and not longer_than(text[at:], MAX_RECORD):
                    break
                # The quote is never closed: the line it is in is spoilt, the next ones need not be.
                stop = self.line.match(text, at).end()
            elif stop == end and not final:
                break
            record = text[at:stop]
            at = stop
            if self.header:
                self.header = False
            elif malformed:
                yield self.shapeless("malformed quotes", record)
            else:
                fields = self.split(record)
                fine = len(fields) == self.width
                yield self.encoded(fields) if fine else self.misshapen(len(fields), record)
        self.rest = text[at:]

    def offence(self, text, at):
        """Finds the end of the line in which something follows a closing quote; None where a quote is not closed."""
        while True:
            if text.startswith(self.quote, at):
                close = text.find(self.quote, at + 1)
                while close != -1 and text.startswith(self.quote, close + 1):
                    close = text.find(self.quote, close + 2)
                if close == -1:
                    return None
                at = close + 1
                if not text.startswith(self.delimiter, at):
                    return self.line.match(text, at).end()
            else:
                at = self.plain.match(text, at).end()
                if not text.startswith(self.delimiter, at):
                    return at
            at += 1

    def split(self, record):
        if self.quote not in record:
            return record.split(self.delimiter)
        fields = self.fields.findall(record)
        # An expression that may match nothing finds an empty field after a last one that is not.
        if not record.endswith(self.delimiter):
            fields.pop()
        q = self.quote
        return [field[1:-1].replace(q + q, q) if field.startswith(q) else field for field in fields]

    def encoded(self, fields):
        error = ""
        if any(REPLACEMENT in field for field in fields):
            error = f"invalid {self.encoding} bytes"
        chosen = [fields[at] if at is not None else "" for at in self.positions]
        return FIELD.join([error, "", *map(escaped, chosen)])

    def misshapen(self, found, line):
        return self.shapeless(f"expected {self.width} fields, found {found}", line)

    def shapeless(self, error, line):
        return FIELD.join([error, escaped(shortened(line))])


def longer_than(text, limit):
    """Compares bytes of UTF-8, which are counted only where it matters."""
    return len(text) > limit // 4 and len(text.encode()) > limit


def shortened(line):
    """Cuts a record that cannot be read to as much of it as is worth keeping."""
    if len(line) <= KEPT_BYTES // 4:
        return line
    return line.encode()[:KEPT_BYTES].decode(errors="replace")


def escaped(text):
    return CONTROL.sub(lambda match: ESCAPES[match.group()], text)
