/** Evaluates the expressions of DynamoDB requests over plain items, for `table.ts`. */

export type Item = Record<string, unknown>;
export interface Placed {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),+]|[#:]?\w+)/gy;

/** Reads an expression token by token. */
class Reader {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(
    text: string,
    private readonly placed: Placed,
    private readonly item: Item | undefined,
  ) {
    this.tokens = [...text.matchAll(TOKEN)].map(([, token = ""]) => token);
    if (this.tokens.join("") !== text.replaceAll(/\s/g, "")) throw new Error(`the test double cannot read: ${text}`);
  }

  get peek(): string | undefined {
    return this.tokens[this.at];
  }

  next(): string {
    return this.tokens[this.at++] ?? "";
  }

  takes(...wanted: readonly string[]): boolean {
    if (!wanted.includes(this.peek?.toUpperCase() ?? "")) return false;
    this.at++;
    return true;
  }

  name(token = this.next()): string {
    return token.startsWith("#") ? (this.placed.ExpressionAttributeNames?.[token] ?? token) : token;
  }

  /** An operand: a value, an attribute, or `if_not_exists`, with what is added to it. */
  operand(): unknown {
    const first = this.term();
    return this.takes("+") ? Number(first) + Number(this.term()) : first;
  }

  private term(): unknown {
    const token = this.next();
    if (token.startsWith(":")) return this.placed.ExpressionAttributeValues?.[token];
    if (token !== "if_not_exists") return this.item?.[this.name(token)];
    this.next();
    const known = this.item?.[this.name()];
    this.next();
    const other = this.operand();
    this.next();
    return known ?? other;
  }

  condition(): boolean {
    let value = this.conjunction();
    while (this.takes("OR")) value = this.conjunction() || value;
    return value;
  }

  private conjunction(): boolean {
    let value = this.comparison();
    while (this.takes("AND")) value = this.comparison() && value;
    return value;
  }

  private comparison(): boolean {
    if (this.takes("(")) {
      const value = this.condition();
      this.next();
      return value;
    }
    if (this.peek === "attribute_exists" || this.peek === "attribute_not_exists") {
      const wanted = this.next() === "attribute_exists";
      this.next();
      const exists = this.item?.[this.name()] !== undefined;
      this.next();
      return exists === wanted;
    }
    const left = this.operand();
    const operator = this.next();
    const right = this.operand();
    if (operator === "=") return left !== undefined && left === right;
    if (operator === "<>") return left !== right;
    if (left === undefined || right === undefined) return false;
    const [a, b] = [left as number, right as number];
    return { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[operator] ?? false;
  }
}

/** Tells whether a condition holds for an item. No condition always holds. */
export function holds(text: string | undefined, placed: Placed, item: Item | undefined): boolean {
  return text === undefined || new Reader(text, placed, item).condition();
}

/** Returns the item that an update makes of an item. */
export function updated(text: string, placed: Placed, item: Item): Item {
  const result = { ...item };
  const reader = new Reader(text, placed, item);
  let clause = "";
  while (reader.peek !== undefined) {
    if (reader.takes(",")) continue;
    if (["SET", "REMOVE", "ADD"].includes(reader.peek)) {
      clause = reader.next();
      continue;
    }
    const name = reader.name();
    if (clause === "REMOVE") delete result[name];
    else if (clause === "ADD") result[name] = Number(result[name] ?? 0) + Number(reader.operand());
    else {
      reader.next();
      result[name] = reader.operand();
    }
  }
  return result;
}
