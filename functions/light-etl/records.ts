/**
 * Splits delimited text into records before DuckDB reads it, and sets malformed records aside. DuckDB alone fails on a file of
 * mixed line ends, accepts a delimiter too many, and has messages of its own; Spark differs from it. Both read alike what this
 * module passes on: records with the right number of fields, well-formed quotes and one kind of line end.
 *
 * Well-formed stretches of text are passed on without copying.
 */

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** A quote that is not closed within this many bytes counts as one that never is. */
export const MAX_RECORD = 16 * 1024 * 1024;

/** The number of bytes of a malformed record that are kept. */
const KEPT = 40_000;

const enum State {
  FieldStart,
  /** In a field that began with a blank. */
  Blanks,
  Unquoted,
  Quoted,
  /** Just behind a quote in a quoted field: it closes the field, or is the first of two. */
  QuoteSeen,
  /** Behind a character that must not follow a closing quote: all up to the line's end is skipped. */
  Broken,
}

export interface MalformedRecord {
  readonly error: string;
  readonly line: Buffer;
}

export interface RecordSplitterOptions {
  readonly delimiter: string;
  readonly quote: string;
  /** The number of columns in the header. */
  readonly fields: number;
  readonly onMalformed: (record: MalformedRecord) => void;
  /** The longest record, in bytes. Only tests set it; the default is `MAX_RECORD`. */
  readonly maxRecord?: number;
}

/** Takes UTF-8 text in pieces and returns the text to load. The first record is the header, which is left out. */
export class RecordSplitter {
  /** The number of records after the header, malformed ones included. */
  records = 0;
  malformed = 0;
  /** The bytes of the longest well-formed record. */
  longest = 0;

  private readonly delimiter: number;
  private readonly quote: number;
  private readonly maxRecord: number;
  private state = State.FieldStart;
  private fields = 1;
  /** Whether the record has to be written anew, because DuckDB would read it in another way. */
  private rewrite = false;
  private header = true;
  private newline: Buffer | undefined;
  /** The unfinished record, and the position at which reading goes on. */
  private carry: Buffer = Buffer.alloc(0);
  private resume = 0;
  /** The beginning of a record too long to be kept. */
  private oversized: Buffer | undefined;

  constructor(private readonly options: RecordSplitterOptions) {
    this.delimiter = options.delimiter.charCodeAt(0);
    this.quote = options.quote.charCodeAt(0);
    this.maxRecord = options.maxRecord ?? MAX_RECORD;
  }

  /** The line end of every record that is passed on. */
  get lineEnd(): "\n" | "\r\n" {
    return this.newline?.length === 2 ? "\r\n" : "\n";
  }

  /** Takes the next piece and returns the records that are complete. */
  push(chunk: Buffer): Buffer[] {
    return this.take(this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]), false);
  }

  /** Ends the text, whose last record may lack a line end. */
  end(): Buffer[] {
    return this.take(this.carry, true);
  }

  private take(text: Buffer, final: boolean): Buffer[] {
    const out: Buffer[] = [];
    // Everything from `good` to `start` has been found well-formed; the record being read begins at `start`.
    let good = 0;
    let start = 0;
    let at = this.resume;
    for (;;) {
      ({ good, start, at } = this.scan(text, good, start, at, out, final));
      if (this.state !== State.Quoted || !(final || text.length - start > this.maxRecord)) break;
      // The quote is never closed: its line is malformed, the next lines need not be.
      const line = endOfLine(text, start);
      this.state = State.Broken;
      if (this.close(text, start, line.end, line.after, out, good)) good = line.after;
      start = at = line.after;
    }
    if (final && (start < text.length || this.oversized !== undefined)) {
      if (this.close(text, start, text.length, text.length, out, good)) good = text.length;
      start = text.length;
    }
    if (good < start) out.push(text.subarray(good, start));
    this.keep(text.subarray(start), at - start);
    return out;
  }

  private scan(
    text: Buffer,
    good: number,
    start: number,
    at: number,
    out: Buffer[],
    final: boolean,
  ): { good: number; start: number; at: number } {
    const { delimiter, quote } = this;
    const end = text.length;
    let { state, fields } = this;
    while (at < end) {
      if (state === State.Quoted) {
        const close = text.indexOf(quote, at);
        at = close === -1 ? end : close + 1;
        if (close !== -1) state = State.QuoteSeen;
        continue;
      }
      const byte = text[at] as number;
      if (byte === LF || byte === CR) {
        // The next piece tells whether a line feed follows.
        if (byte === CR && at + 1 === end && !final) break;
        const after = byte === CR && text[at + 1] === LF ? at + 2 : at + 1;
        if (at === start && this.oversized === undefined) {
          // An empty line is no record.
          if (good < start) out.push(text.subarray(good, start));
          good = after;
        } else {
          this.state = state;
          this.fields = fields;
          if (this.close(text, start, at, after, out, good)) good = after;
        }
        start = at = after;
        state = State.FieldStart;
        fields = 1;
        continue;
      }
      switch (state) {
        case State.FieldStart:
          at++;
          if (byte === quote) state = State.Quoted;
          else if (byte === delimiter) fields++;
          else state = byte === SPACE || byte === TAB ? State.Blanks : State.Unquoted;
          continue;
        case State.Blanks:
          at++;
          if (byte === delimiter) {
            fields++;
            state = State.FieldStart;
          } else if (byte !== SPACE && byte !== TAB) {
            this.rewrite ||= byte === quote;
            state = State.Unquoted;
          }
          continue;
        case State.Unquoted: {
          let b = byte;
          while (b !== delimiter && b !== LF && b !== CR) {
            if (++at === end) break;
            b = text[at] as number;
          }
          if (at < end && b === delimiter) {
            fields++;
            state = State.FieldStart;
            at++;
          }
          continue;
        }
        case State.QuoteSeen:
          at++;
          if (byte === quote) state = State.Quoted;
          else if (byte === delimiter) {
            fields++;
            state = State.FieldStart;
          } else state = State.Broken;
          continue;
        case State.Broken:
          at++;
          continue;
      }
    }
    this.state = state;
    this.fields = fields;
    return { good, start, at };
  }

  /** Copies what is left of a piece, because its memory may be used again. */
  private keep(rest: Buffer, read: number): void {
    if (rest.length <= this.maxRecord && this.oversized === undefined) {
      this.carry = Buffer.from(rest);
      this.resume = read;
      return;
    }
    this.oversized ??= Buffer.from(rest.subarray(0, KEPT));
    this.carry = Buffer.alloc(0);
    this.resume = 0;
  }

  /**
   * Ends a record. Returns true when the stretch of good text ends with it, because the record or its line end had to be written
   * separately.
   */
  private close(text: Buffer, start: number, end: number, after: number, out: Buffer[], good: number): boolean {
    const { state, rewrite, fields, oversized } = this;
    this.state = State.FieldStart;
    this.fields = 1;
    this.rewrite = false;
    this.oversized = undefined;
    if (this.header) {
      this.header = false;
      return true;
    }
    this.records++;
    const error =
      state === State.Broken
        ? "malformed quotes"
        : oversized !== undefined
          ? `longer than ${this.maxRecord / 1024 / 1024} MiB`
          : fields === this.options.fields
            ? undefined
            : `expected ${this.options.fields} fields, found ${fields}`;
    if (error !== undefined) {
      this.malformed++;
      if (good < start) out.push(text.subarray(good, start));
      this.options.onMalformed({ error, line: oversized ?? text.subarray(start, Math.min(end, start + KEPT)) });
      return true;
    }
    if (end - start > this.longest) this.longest = end - start;
    const lineEnd = after - end;
    this.newline ??= Buffer.from(lineEnd === 2 ? "\r\n" : "\n");
    const usual = lineEnd === this.newline.length && (lineEnd === 2 || text[end] === LF);
    if (usual && !rewrite) return false;
    if (good < start) out.push(text.subarray(good, start));
    out.push(rewrite ? this.canonical(text.subarray(start, end)) : text.subarray(start, end), this.newline);
    return true;
  }

  /** Quotes the fields that begin with blanks and a quote: DuckDB skips such blanks, while Spark and this module keep them. */
  private canonical(record: Buffer): Buffer {
    const { delimiter, quote } = this.options;
    const text = record.toString("utf8");
    const fields: string[] = [];
    for (let at = 0; ;) {
      let stop = at;
      if (text[at] === quote) {
        stop = at + 1;
        while (text[stop] !== quote || text[stop + 1] === quote) stop += text[stop] === quote ? 2 : 1;
      }
      const next = text.indexOf(delimiter, stop);
      const field = text.slice(at, next === -1 ? text.length : next);
      fields.push(/^[ \t]/.test(field) ? quote + field.replaceAll(quote, quote + quote) + quote : field);
      if (next === -1) return Buffer.from(fields.join(delimiter), "utf8");
      at = next + 1;
    }
  }
}

function endOfLine(text: Buffer, from: number): { end: number; after: number } {
  let end = from;
  while (end < text.length && text[end] !== LF && text[end] !== CR) end++;
  if (end === text.length) return { end, after: end };
  return { end, after: text[end] === CR && text[end + 1] === LF ? end + 2 : end + 1 };
}
