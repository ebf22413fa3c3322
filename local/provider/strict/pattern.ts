const POSIX: Readonly<Record<string, string>> = {
  Alnum: "A-Za-z0-9",
  Alpha: "A-Za-z",
  ASCII: "\\x00-\\x7F",
  Blank: " \\t",
  Digit: "0-9",
  Graph: "\\x21-\\x7E",
  IsAlphabetic: "\\p{Alphabetic}",
  IsLetter: "\\p{L}",
  Lower: "a-z",
  Print: "\\x20-\\x7E",
  Punct: "!-\\/:-@\\[-`{-~",
  Space: "\\s",
  Upper: "A-Z",
  XDigit: "0-9A-Fa-f",
};

const cache = new Map<string, RegExp | null>();

/**
 * Converts a pattern of a service model, which is written for Java, to a JavaScript expression for the whole text. Returns undefined if
 * JavaScript has no equivalent.
 */
export function toRegExp(pattern: string): RegExp | undefined {
  let expression = cache.get(pattern);
  if (expression === undefined) cache.set(pattern, (expression = convert(pattern)));
  return expression ?? undefined;
}

function convert(pattern: string): RegExp | null {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const [source, ignore] = flags ? [pattern.slice(flags[0].length), flags[1]?.includes("i") ? "i" : ""] : [pattern, ""];
  // With `u`, a surrogate pair is one character, as in the models; without it, JavaScript accepts more of Java's loose escapes.
  for (const [text, mode] of [
    [translate(source), "us"],
    [source, "s"],
  ] as const) {
    try {
      return new RegExp(`^(?:${text})$`, mode + ignore);
    } catch {
      // The next way is tried.
    }
  }
  return null;
}

/** Converts Java's syntax to JavaScript's strict syntax, character by character. */
function translate(source: string): string {
  let result = "";
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === "\\") {
      const [taken, text] = escape(source.slice(at), inClass);
      result += text;
      at += taken - 1;
    } else if (inClass) {
      if (character === "]") inClass = false;
      // In `[a-z-_]`, the dash after a range is a literal dash.
      const dash = character === "-" && (result.endsWith("\\w") || result.endsWith("\\d") || isRangeEnd(result));
      result += dash && source.charAt(at + 1) !== "]" ? "\\-" : character === "[" ? "\\[" : character;
    } else if (character === "[") {
      inClass = true;
      result += "[";
      if (source.charAt(at + 1) === "^") {
        result += "^";
        at += 1;
      }
      if (source.charAt(at + 1) === "]") {
        result += "\\]";
        at += 1;
      }
    } else if (character === "+" && /[*+?}]$/.test(result) && !result.endsWith("\\+") && !result.endsWith("\\*")) {
      // A possessive quantifier matches as much; it differs in backtracking only, which no model's pattern relies on.
    } else if (character === "{" && !/^\{\d+(,\d*)?\}/.test(source.slice(at))) result += "\\{";
    else if (character === "}" && !/\{\d+(,\d*)?$/.test(result)) result += "\\}";
    else if (character === "]") result += "\\]";
    else result += character;
  }
  return result;
}

const isRangeEnd = (text: string): boolean =>
  /(?:[A-Za-z0-9]|\\[xu]\w+)-(?:[A-Za-z0-9]|\\[xu][0-9A-Fa-f]+)$/.test(text);

/** Converts one escape; returns its length in the source, and its form in JavaScript. */
function escape(rest: string, inClass: boolean): [number, string] {
  const property = /^\\([pP])\{(\w+)\}/.exec(rest);
  if (property) {
    const [all, p, name = ""] = property as unknown as [string, string, string];
    const posix = POSIX[name];
    if (posix === undefined) return [all.length, `\\${p}{${name}}`];
    return [all.length, inClass ? posix : `[${p === "P" ? "^" : ""}${posix}]`];
  }
  const next = rest.charAt(1);
  if (next === "z" || next === "Z") return [2, "$"];
  if (next === "A") return [2, "^"];
  if (next === "h") return [2, inClass ? " \\t" : "[ \\t]"];
  if (next === "x" && rest.charAt(2) === "{") return [3, "\\u{"];
  const kept = inClass ? /[\\^$.*+?()[\]{}|/dDwWsStrnfvxu0-]/ : /[\\^$.*+?()[\]{}|/dDwWsSbBtrnfvxu0-9]/;
  return [2, kept.test(next) ? `\\${next}` : next];
}
