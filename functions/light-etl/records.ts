/**
 * Splits delimited text into records before DuckDB sees it, and sets the malformed ones aside. DuckDB alone gives up on a
 * file of mixed line ends, accepts a delimiter too many, and words its complaints its own way; Spark does otherwise. What
 * comes out of here both read alike: records of the right number of fields, well-formed quotes, one kind of line end.
 *
 * Well-formed stretches are passed on as they are, without copying.
 */

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** A quote that is not closed within this many bytes is taken for one that never is. */
export const MAX_RECORD = 16 * 1024 * 1024;

/** How many bytes of a malformed record are kept. */
const KEPT = 40_000;

const enum State {
  FieldStart,
  /** In a field that began with a blank. */
  Blanks,
  Unquoted,
  Quoted,
  /** Just behind a quote within a quoted field: closed, or the first of two. */
  QuoteSeen,
  /** Behind something that must not follow a closing quote: nothing counts up to the line's end. */
  Broken,
}

export interface MalformedRecord {
  readonly error: string;
  readonly line: Buffer;
}

export interface RecordSplitterOptions {
  readonly delimiter: string;
  readonly quote: string;
  /** Number of columns in the header. */
  readonly fields: number;
  readonly onMalformed: (record: MalformedRecord) => void;
  /** For tests. Default: `MAX_RECORD`. */
  readonly maxRecord?: number;
}

/** Feed it UTF-8 text in pieces; it gives back the text to load. The first record is the header and is left out. */
export class RecordSplitter {
  /** Records after the header, malformed ones included. */
  records = 0;
  malformed = 0;
  /** Bytes of the longest well-formed record. */
  longest = 0;

  private readonly delimiter: number;
  private readonly quote: number;
  private readonly maxRecord: number;
  private state = State.FieldStart;
  private fields = 1;
  /** The record has to be written anew, because DuckDB would read it otherwise. */
  private rewrite = false;
  private header = true;
  private newline: Buffer | undefined;
  /** The unfinished record, and where to go on in it. */
  private carry: Buffer = Buffer.alloc(0);
  private resume = 0;
  /** The beginning of a record too long to be kept. */
  private oversized: Buffer | undefined;

  constructor(private readonly options: RecordSplitterOptions) {
    this.delimiter = options.delimiter.charCodeAt(0);
    this.quote = options.quote.charCodeAt(0);
    this.maxRecord = options.maxRecord ?? MAX_RECORD;
  }

  /** What ends every record that comes out. */
  get lineEnd(): "\n" | "\r\n" {
    return this.newline?.length === 2 ? "\r\n" : "\n";
  }

  /** Takes the next piece; returns what is complete. */
  push(chunk: Buffer): Buffer[] {
    return this.take(this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]), false);
  }

  /** The last record may lack a line end. */
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
      // The quote is never closed: the line it is in is spoilt, the next ones need not be.
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
        // Whether a line feed follows is in the next piece.
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

  /** What is left over of a piece is copied: its memory may be used again. */
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
   * Ends a record. True when the stretch of good text ends with it, because the record or its line end had to be treated on
   * its own.
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

  /** Quotes the fields that begin with blanks and a quote: to DuckDB those blanks are nothing, to Spark and here they are. */
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
