import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { bytes } from "../cli/ui/table";
import type { Benchmark, Figure } from "./benchmark";

const FILE = join(__dirname, "results.md");

const HEAD = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- --list\` names the benchmarks, \`npm run bench -- check plan\` runs two of them and replaces
their figures here. Times are medians, with the extremes and the number of runs in parentheses; they are those of one machine.
What travels are the ratios: the peer runs on the same machine in the same minute. A budget is what the platform promises itself on 2
cores.
`;

/** The figures of one benchmark, or the reason why there are none. */
export interface Section {
  readonly benchmark: Pick<Benchmark, "name" | "about">;
  readonly figures: readonly Figure[];
  readonly failure?: string;
}

const cell = (text: string | undefined): string => (text ?? "").replaceAll("|", "\\|");
const verdict = ({ within }: Figure): string => (within === undefined ? "" : within ? "yes" : "**no**");

function machine(): string {
  const processors = cpus();
  const [first] = processors;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${processors.length} cores (${first?.model.trim() ?? "unknown"}), ${bytes(totalmem())} of memory, Node.js ${process.versions.node}, ${process.platform}`;
}

function sectionText({ benchmark, figures, failure }: Section): string {
  const body =
    failure === undefined
      ? [
          "| what | figure | peer | ratio | budget | within |",
          "| --- | --- | --- | --- | --- | --- |",
          ...figures.map(
            (one) =>
              `| ${[one.what, one.figure, one.peer, one.ratio, one.budget, verdict(one)].map(cell).join(" | ")} |`,
          ),
        ].join("\n")
      : `Failed: ${failure}`;
  return `## ${benchmark.name}\n\n${benchmark.about} _${machine()}_\n\n${body}\n`;
}

/** Replaces the sections of the benchmarks that ran; the other sections stay unchanged. */
export async function writeResults(sections: readonly Section[], order: readonly string[]): Promise<string> {
  const former = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  const texts = new Map<string, string>();
  for (const text of former.split(/^(?=## )/m)) {
    const name = /^## (.+)$/m.exec(text)?.[1];
    if (name !== undefined && text.startsWith("## ")) texts.set(name, text);
  }
  for (const section of sections) texts.set(section.benchmark.name, sectionText(section));
  const whole = [HEAD, ...order.flatMap((name) => texts.get(name) ?? [])].join("\n");
  writeFileSync(FILE, await format(whole, { parser: "markdown", printWidth: 120 }));
  return FILE;
}
