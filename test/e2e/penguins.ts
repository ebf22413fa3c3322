import { readFileSync } from "node:fs";
import { join } from "node:path";

const SAMPLE = join(__dirname, "..", "..", "datasets", "samples", "penguins.csv");

export const SAMPLE_BYTES = readFileSync(SAMPLE);
export const HEADER = SAMPLE_BYTES.toString("utf8").split(/\r?\n/, 1)[0] ?? "";
export const COLUMNS = HEADER.split(",");

/** One bird, as the file writes it; what is given replaces what is usual. */
export function bird(sample: number, values: Readonly<Record<string, string>> = {}): string {
  const usual: Readonly<Record<string, string>> = {
    studyName: "TEST01",
    "Sample Number": String(sample),
    Species: "Adelie Penguin (Pygoscelis adeliae)",
    Region: "Anvers",
    Island: "Dream",
    Stage: "Adult, 1 Egg Stage",
    "Individual ID": `N${sample}A1`,
    "Clutch Completion": "Yes",
    "Date Egg": "2031-11-16",
    "Culmen Length (mm)": "39.1",
    "Culmen Depth (mm)": "18.7",
    "Flipper Length (mm)": "181",
    "Body Mass (g)": "3750",
    Sex: "MALE",
    "Delta 15 N (o/oo)": "8.9",
    "Delta 13 C (o/oo)": "-24.6",
    Comments: "",
  };
  return COLUMNS.map((column) => quoted(values[column] ?? usual[column] ?? "")).join(",");
}

const quoted = (value: string): string => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** A file of birds under the ordinary header. */
export const flock = (birds: readonly string[], header = HEADER, lineEnd = "\n"): string =>
  [header, ...birds].map((line) => line + lineEnd).join("");

/** Birds of one study and year. */
export const birds = (study: string, year: number, count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => bird(first + index, { studyName: study, "Date Egg": `${year}-11-16` }));
