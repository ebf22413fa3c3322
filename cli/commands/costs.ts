import type { Command } from "commander";
import { type Charge, monthly, monthlyCosts, PRICES_OF, PRICES_REGION, total } from "../../evaluate/costs";
import { UserError } from "../../local/errors";
import { evaluateEnvironment } from "../evaluate";
import { number, table } from "../ui/table";

export function register(program: Command): void {
  program
    .command("costs")
    .description("estimate what an environment costs in a month from list prices; needs no cloud and no credentials")
    .argument("<environment>", "local, dev, prod or another environment that has a file Pulumi.<environment>.yaml")
    .option("--datasets <count>", "the number of datasets that receive a small file every hour", "100")
    .option("--json", "print the charges as JSON")
    .action(async (environment: string, options: { readonly datasets: string; readonly json?: true }) => {
      if (!/^\d{1,6}$/.test(options.datasets))
        throw new UserError(`--datasets is ${options.datasets}; allowed: a whole number`, undefined, 2);
      const datasets = Number(options.datasets);
      const costs = monthlyCosts(await evaluateEnvironment(environment), datasets);
      if (options.json) return void process.stdout.write(`${JSON.stringify({ datasets, ...costs }, null, 2)}\n`);
      const dollars = (usd: number): string => `$${usd.toFixed(2)}`;
      const rows = (charges: readonly Charge[]): string[][] => [
        ...charges.map((charge) => [
          charge.item,
          number(Math.round(charge.quantity * 100) / 100),
          `$${charge.price.usd} per ${charge.price.unit}`,
          dollars(monthly(charge)),
        ]),
        ["sum", "", "", dollars(total(charges))],
      ];
      console.info(table(["idle, a month", "quantity", "price", "costs"], rows(costs.idle.charges)));
      console.info(table([`${datasets} datasets in addition`, "quantity", "price", "costs"], rows(costs.traffic)));
      if (costs.idle.unpriced.length > 0) console.info(`Not priced: ${costs.idle.unpriced.join(", ")}.`);
      console.info(`List prices of ${PRICES_REGION} as of ${PRICES_OF}, without free tiers and data transfer.`);
    });
}
