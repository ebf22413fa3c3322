import { evaluateEnvironment } from "../../cli/evaluate";
import { type Charge, monthly, monthlyCosts, PRICES_OF, PRICES_REGION, total, WORKLOAD } from "../../evaluate/costs";
import { table } from "./markdown";

const DATASETS = 100;
const dollars = (usd: number): string => `$${usd < 10 ? usd.toFixed(2) : usd.toFixed(0)}`;

/** Returns the monthly costs of an idle environment and of one with many datasets, by item. */
export async function costTables(): Promise<string> {
  const environments = await ["dev", "prod"].reduce<Promise<ReturnType<typeof monthlyCosts>[]>>(
    // Two programs cannot be evaluated at the same time.
    async (before, environment) => [...(await before), monthlyCosts(await evaluateEnvironment(environment), DATASETS)],
    Promise.resolve([]),
  );
  const [dev, prod] = environments as [(typeof environments)[number], (typeof environments)[number]];
  const rows = (of: (one: typeof dev) => readonly Charge[]): string[][] => {
    const items = new Map([...of(dev), ...of(prod)].map((charge) => [charge.item, charge]));
    const cell = (one: typeof dev, item: string): string => {
      const found = of(one).find((charge) => charge.item === item);
      return found ? dollars(monthly(found)) : "";
    };
    return [
      ...[...items.values()].map(({ item, price }) => [
        item,
        cell(dev, item),
        cell(prod, item),
        `[$${price.usd.toFixed(3).replace(/\.?0+$/, "")}](${price.source}) per ${price.unit}`,
      ]),
      ["**sum**", dollars(total(of(dev))), dollars(total(of(prod))), ""],
    ];
  };
  const missing = [...dev.idle.unpriced, ...prod.idle.unpriced];
  const { filesPerDatasetAndDay, mibPerFile, sparkWorkers, sparkMinutes } = WORKLOAD;
  return [
    `List prices of ${PRICES_REGION} in US dollars as of ${PRICES_OF}, without free tiers and data transfer. Not priced: ${missing.join(", ") || "nothing"}.`,
    "",
    "An environment in which nothing happens, a month:",
    "",
    table(
      ["item", "dev", "prod", "price"],
      rows(({ idle }) => idle.charges),
    ),
    "",
    `${DATASETS} datasets in addition, a month: ${filesPerDatasetAndDay} files of ${mibPerFile} MiB a day each, on the light engine; ` +
      `every tenth dataset also runs on Spark once a night, on ${sparkWorkers} workers for ${sparkMinutes} minutes:`,
    "",
    table(
      ["item", "dev", "prod", "price"],
      rows(({ traffic }) => traffic),
    ),
  ].join("\n");
}
