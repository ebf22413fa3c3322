/** `check.ts <environment> <stack file>` does the work of `platform check` with another stack file. */

import { checkEnvironment } from "../../cli/evaluate";
import { isRefused } from "../../policies/evaluate";

async function main([environment = "", file]: readonly string[]): Promise<void> {
  const { report } = await checkEnvironment(environment, file);
  process.stdout.write(JSON.stringify({ resources: report.resources, refused: isRefused(report) }));
  process.exit(0);
}

void main(process.argv.slice(2));
