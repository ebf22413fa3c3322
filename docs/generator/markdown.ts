/** A cell of a table: one line, no bar that would end it. */
export const cell = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .trim();

export const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);

/** A table; columns in which every cell is empty are left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.map((_, index) => rows.some((row) => (row[index] ?? "") !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, index) => kept[index])
      .map(cell)
      .join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What begins and ends a generated part. The formatter leaves it as it is: it must stay what the code says. */
const start = (name: string, from: string): string => `<!-- ${name}: made from ${from} by \`npm run docs\` -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** A generated part of a page, with its marks. */
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

/** A hand-written page with one of its generated parts as the code has it now. */
export function withGenerated(page: string, name: string, from: string, text: string): string {
  const [before, rest] = page.split(start(name, from));
  const after = rest?.split(end(name))[1];
  if (before === undefined || after === undefined) {
    throw new Error(`the page has no place for "${name}": it needs the lines ${start(name, from)} and ${end(name)}`);
  }
  return `${before}${generated(name, from, text)}${after}`;
}
