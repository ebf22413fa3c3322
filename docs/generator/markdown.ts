/** Returns the text of a table's cell in one line, with bars escaped. */
export const cell = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .trim();

export const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);

/** Returns a table. Columns in which every cell is empty are omitted. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.map((_, index) => rows.some((row) => (row[index] ?? "") !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, index) => kept[index])
      .map(cell)
      .join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Returns the lines before a generated part. The formatter must not change the part, because a test compares it with the code. */
const start = (name: string, from: string): string => `<!-- ${name}: made from ${from} by \`npm run docs\` -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** Returns a generated part of a page between its marks. */
export const generated = (name: string, from: string, text: string): string =>
  [
    start(name, from),
    "",
    "<!-- prettier-ignore-start -->",
    "",
    text.trim(),
    "",
    "<!-- prettier-ignore-end -->",
    "",
    end(name),
  ].join("\n");

/** Returns a hand-written page with one of its generated parts brought up to date. */
export function withGenerated(page: string, name: string, from: string, text: string): string {
  const [before, rest] = page.split(start(name, from));
  const after = rest?.split(end(name))[1];
  if (before === undefined || after === undefined) {
    throw new Error(`the page lacks the marks for "${name}": the lines ${start(name, from)} and ${end(name)}`);
  }
  return `${before}${generated(name, from, text)}${after}`;
}
