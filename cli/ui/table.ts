import Table from "cli-table3";

const plain = !process.stdout.isTTY || process.env.NO_COLOR !== undefined;

/** Formats a table as every command prints it, with a line below the head only. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const formatted = new Table({
    head: [...head],
    style: plain ? { head: [], border: [] } : { head: ["bold"], border: ["dim"] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of rows) formatted.push(row.map((cell) => (cell === undefined || cell === null ? "" : String(cell))));
  return formatted.toString();
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(count: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${unit === 0 ? count : (count / 1024 ** unit).toFixed(1)} ${UNITS[unit]}`;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
export const number = (value: number): string => value.toLocaleString("en-US");
